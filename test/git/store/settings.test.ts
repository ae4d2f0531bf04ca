import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/store/backlog/read-settings.ts';
import { openRepository } from '../../../src/store/repository.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';

const CONFIG = 'gate: [npm test]\nagents:\n  mine: {command: [node, agent.mjs]}\n';
const role = (name: string) => `---\nrole: ${name}\ntakes: {type: [chore]}\n---\nDo it.\n`;

describe('settings at a commit', () => {
  it('are rota.yaml and the roles, as committed', async () => {
    const repo = sandbox().repo('work', {
      'rota.yaml': CONFIG,
      'roles/pm.md': role('pm'),
      'roles/dev.md': role('dev'),
      'roles/README.md': '# Roles\n',
      'roles/sub/x.md': role('x'),
    });
    repo.write('rota.yaml', 'gate: none\n');
    const { config, roles, problems } = await read(repo);
    expect(config.gate).toMatchObject([{ run: 'npm test' }]);
    expect(roles.map(({ name }) => name)).toEqual(['dev', 'pm']);
    expect(problems).toEqual([]);
  });

  it('go on with the other roles, and name the broken ones', async () => {
    const repo = sandbox().repo('work', {
      'rota.yaml': CONFIG,
      'roles/pm.md': role('pm'),
      'roles/dev.md': '---\nrole: [\n---\n',
      'roles/qa.md': role('other'),
    });
    const { roles, problems } = await read(repo);
    expect(roles.map(({ name }) => name)).toEqual(['pm']);
    expect([...new Set(problems.map(({ file }) => file))]).toEqual(['roles/dev.md', 'roles/qa.md']);
  });

  it('name a role that is a link or no text', async () => {
    const repo = sandbox().repo('work', { 'rota.yaml': CONFIG, 'roles/pm.md': role('pm') });
    repo.write('target', '/etc/passwd');
    repo.write('latin', new Uint8Array([0x2d, 0xe9, 0x0a]));
    repo.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `120000,${repo.git('hash-object', '-w', 'target')},roles/a.md`,
    );
    repo.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `100644,${repo.git('hash-object', '-w', 'latin')},roles/b.md`,
    );
    repo.git('commit', '-q', '-m', 'odd');
    const { problems } = await read(repo);
    expect(problems.map(({ file, rule }) => [file, rule])).toEqual([
      ['roles/a.md', 'not-a-file'],
      ['roles/b.md', 'encoding'],
    ]);
  });

  it('do not exist without rota.yaml', async () => {
    await expect(read(sandbox().repo('work'))).rejects.toMatchObject({
      code: 'config',
      exit: 2,
      hint: expect.stringContaining('rota init'),
    });
  });

  it('name everything that is wrong with rota.yaml at once', async () => {
    const repo = sandbox().repo('work', { 'rota.yaml': 'gait: [npm test]\nworkers: many\n' });
    const failed = (await read(repo).catch((error: unknown) => error)) as Error;
    expect(failed).toMatchObject({ code: 'config', exit: 2 });
    expect(failed.message.split('\n').length).toBeGreaterThanOrEqual(3);
    expect(failed.message).toMatch(/^rota\.yaml:1: .*gate/m);
  });

  it.each([['120000'], ['160000']])('refuse a rota.yaml of mode %s', async (mode) => {
    const repo = sandbox().repo('work');
    const oid =
      mode === '160000' ? repo.git('rev-parse', 'main') : repo.git('hash-object', '-w', 'README.md');
    repo.git('update-index', '--add', '--cacheinfo', `${mode},${oid},rota.yaml`);
    repo.git('commit', '-q', '-m', 'odd');
    await expect(read(repo)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('not a plain file'),
    });
  });
});

async function read(repo: TestRepo) {
  const system = repo.sandbox.system();
  return readSettings(system, await openRepository(system, repo.root), repo.git('rev-parse', 'main'));
}
