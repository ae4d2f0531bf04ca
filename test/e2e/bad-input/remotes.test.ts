import { describe, expect, test } from 'vitest';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { errorOf, expectLands, PROJECT, project } from './project.ts';

function withHub(): { repo: TestRepo; hub: TestRepo } {
  const box = sandbox();
  const repo = project(box);
  const hub = box.bare('hub.git');
  repo.git('remote', 'add', 'origin', hub.root);
  repo.git('push', '-q', 'origin', 'main');
  return { repo, hub };
}

describe('remotes', () => {
  test.each([
    'file:///nowhere/at/all.git',
    'http://127.0.0.1:9/x.git',
    'ssh://git@127.0.0.1:9/x',
    '../gone.git',
  ])('unreachable, %s: looking shows the last state, writing says so', async (url) => {
    const repo = project(sandbox());
    repo.git('remote', 'add', 'origin', url);
    for (const args of [['list'], ['next', 'developer'], ['status'], ['check'], ['show', 'A1']])
      expect((await repo.rota(args)).code).toBe(0);
    expect((await repo.rota(['list'])).stderr).toContain('The remote was never asked');
    for (const args of [['run', 'developer'], ['list', '--fetch'], ['add', 'x'], ['sync'], ['pause']]) {
      const error = await errorOf(repo, args);
      expect(error, args.join(' ')).toMatchObject({ code: 'remote', exit: 3 });
      expect(error.hint).toContain('git ls-remote');
    }
  });

  test('a hook refuses every push: its words are shown, nothing is taken', async () => {
    const { repo, hub } = withHub();
    hub.write('hooks/pre-receive', '#!/bin/sh\nprintf "no pushes \\033[31mon fridays" >&2\nexit 1\n');
    for (const args of [['run', 'developer'], ['add', 'x'], ['lock', 'A1'], ['pause']]) {
      const error = await errorOf(repo, args);
      expect(error.message, args.join(' ')).toMatch(/no pushes .*on fridays/);
      expect((await repo.rota(args)).stderr).not.toContain('\u001b');
    }
    expect(hub.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    expect(repo.git('for-each-ref', 'refs/heads/ai/')).toBe('');
  });

  test('main is protected: gated work waits, says so, and lands when it may', async () => {
    const { repo, hub } = withHub();
    hub.write(
      'hooks/update',
      '#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo "main is protected" >&2; exit 1; }\n',
    );
    const ran = await repo.rota(['run', 'developer', '--json']);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: 'waiting',
      reason: expect.stringContaining('main is protected'),
    });
    expect(ran.code).toBe(1);
    hub.write('hooks/update', '#!/bin/sh\nexit 0\n');
    await repo.rota(['run', 'developer']);
    expect(hub.git('show', 'main:src/A1.txt')).toBe('work on A1');
  });

  test('the remote has no main, and a remote of that name is not there', async () => {
    const box = sandbox();
    const repo = project(box);
    repo.git('remote', 'add', 'origin', box.bare('hub.git').root);
    for (const args of [
      ['run', 'developer'],
      ['add', 'x'],
    ]) {
      const error = await errorOf(repo, args);
      expect(error).toMatchObject({ code: 'repository', exit: 2 });
      expect(error.message).toContain('The remote has no branch main');
    }
    repo.commit('chore: remote', { 'rota.yaml': `${PROJECT['rota.yaml']}remote: upstream\n` });
    expect(await errorOf(repo, ['list'])).toMatchObject({ code: 'config', exit: 2 });
    repo.commit('chore: none', { 'rota.yaml': `${PROJECT['rota.yaml']}remote: none\n` });
    await expectLands(repo);
  });
});
