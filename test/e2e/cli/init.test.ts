import { describe, expect, test } from 'vitest';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { backlogRepo } from './backlog-repo.ts';

const AGENT = ['--agent', 'node agent.mjs'];

function project(): TestRepo {
  return sandbox().repo('r', {
    'package.json': '{"scripts":{"test":"node --test"}}',
    'AGENTS.md': 'hello\n',
  });
}

describe('rota init', () => {
  test('writes config, roles and tasks that pass rota check, and commits only when told', async () => {
    const repo = project();
    const made = await repo.json(['init', ...AGENT]);
    expect(made).toMatchObject({
      branch: 'main',
      gate: ['npm test'],
      agent: 'mine',
      committed: false,
      kept: [],
    });
    expect(made.written).toEqual(
      expect.arrayContaining(['rota.yaml', 'roles/developer.md', 'roles/sweeper.md']),
    );
    expect(made.written.filter((path: string) => path.startsWith('backlog/'))).toHaveLength(5);
    expect(await repo.rota(['check'])).toMatchObject({ code: 0 });
    expect(repo.git('log', '--oneline').split('\n')).toHaveLength(1);
    expect(repo.read('.git/info/exclude')).toContain('\n/.worktrees/\n');
    expect(repo.read('rota.yaml')).toContain('context: [AGENTS.md]');
  });

  test('--commit commits exactly its files; what a person staged stays staged', async () => {
    const repo = project();
    repo.write('mine.txt', 'staged');
    repo.git('add', 'mine.txt');
    repo.write('package.json', '{"scripts":{"test":"node --test","x":"y"}}');
    const made = await repo.json(['init', '--commit', ...AGENT]);
    expect(made.committed).toBe(true);
    expect(repo.git('show', '--format=', '--name-only').split('\n').sort()).toEqual([...made.written].sort());
    expect(repo.git('status', '--porcelain')).toBe('A  mine.txt\n M package.json');
    expect((await repo.json(['list'])).length).toBe(5);
  });

  test('never changes a file that is there; a second time it changes nothing', async () => {
    const repo = project();
    repo.write('roles/developer.md', '---\nrole: developer\ntakes: {type: [bug]}\n---\nmine\n');
    repo.write('backlog/SHOP-7-thing.md', '---\ntitle: Thing\n---\n');
    const made = await repo.json(['init', ...AGENT]);
    expect(made.kept).toEqual(['roles/developer.md']);
    expect(repo.read('roles/developer.md')).toContain('mine');
    expect(made.written.filter((path: string) => path.startsWith('backlog/'))[0]).toMatch(
      /^backlog\/SHOP-8-/,
    );
    const again = await repo.json(['init', ...AGENT]);
    expect(again.written).toEqual([]);
    expect(repo.read('.git/info/exclude').match(/\/\.worktrees\//g)).toHaveLength(1);
  });

  test('gates: given, none, or found nothing and said', async () => {
    const box = sandbox();
    expect(
      await box.repo('a').json(['init', '--gate', 'make check', '--gate', 'make lint', ...AGENT]),
    ).toMatchObject({
      gate: ['make check', 'make lint'],
    });
    expect(await box.repo('b').json(['init', '--gate', 'none', ...AGENT])).toMatchObject({ gate: 'none' });
    const empty = box.repo('c');
    expect((await empty.rota(['init', ...AGENT])).stdout).toContain('No test command was found');
    expect((await empty.rota(['check'])).code).toBe(2);
    expect((await box.repo('d').json(['init', '--gate', 'none', '--gate', 'x'])).error.code).toBe('usage');
    expect((await box.repo('e').json(['init', '--agent', 'cluade'])).error.hint).toContain(
      'Did you mean claude?',
    );
  });

  test('finds an agent client on PATH', async () => {
    const repo = project();
    repo.write('bin/codex', '#!/bin/sh\n');
    const env = { PATH: `${repo.root}/bin:/usr/bin:/bin` };
    expect(await repo.json(['init'], { env })).toMatchObject({ agent: 'codex' });
    expect(repo.read('rota.yaml')).toContain('codex: {preset: codex}');
  });

  test('the merge driver merges two edits of one task file by key, in plain git', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-a.md': 'title: a\npriority: low\nstatus: ready\n' });
    expect(await repo.json(['init', '--merge-driver', ...AGENT])).toMatchObject({ mergeDriver: true });
    repo.git(
      'config',
      'merge.rota.driver',
      `${process.execPath} ${repo.sandbox.folder}/rota.js merge-file %O %A %B %P`,
    );
    const { symlinkSync } = await import('node:fs');
    const { resolve } = await import('node:path');
    symlinkSync(resolve(import.meta.dirname, '../../../dist/rota.js'), `${repo.sandbox.folder}/rota.js`);
    const text = repo.read('backlog/A1-a.md');
    repo.git('switch', '-q', '-c', 'other');
    repo.commit('chore: other', { 'backlog/A1-a.md': text.replace('priority: low', 'priority: high') });
    repo.git('switch', '-q', 'main');
    repo.commit('chore: mine', { 'backlog/A1-a.md': text.replace('status: ready', 'status: blocked') });
    repo.git('merge', '-q', '--no-edit', 'other');
    expect(repo.read('backlog/A1-a.md')).toBe(
      text.replace('priority: low', 'priority: high').replace('status: ready', 'status: blocked'),
    );
  });
});
