import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NOTHING, WHILE, watching } from './watching.ts';

describe('settings', () => {
  test('executable settings, hooks, attributes and replace refs that appear, change or go are named', async () => {
    const { repo, start } = await watching();
    repo.git('config', 'alias.st', 'status');
    repo.write('.git/hooks/pre-push', '#!/bin/sh\n');
    const end = await start();
    repo.git('config', 'user.name', 'Somebody');
    expect(await end()).toEqual(NOTHING);

    repo.git('config', 'filter.evil.clean', 'evil');
    repo.git('config', 'core.hooksPath', join(repo.sandbox.folder, 'hooks'));
    mkdirSync(join(repo.sandbox.folder, 'hooks'));
    writeFileSync(join(repo.sandbox.folder, 'hooks/post-checkout'), 'evil');
    repo.git('config', '--unset', 'alias.st');
    repo.write('.git/config.worktree', '[core]\n\tfsmonitor = evil\n');
    repo.write('.git/hooks/pre-push', '#!/bin/sh\nevil\n');
    repo.write('.git/info/attributes', '* filter=evil\n');
    repo.git('replace', 'main:src/a.txt', 'main:src/b.txt');
    const { refused } = await end();
    const blob = repo.git('--no-replace-objects', 'rev-parse', 'main:src/a.txt');
    expect(refused.map((line) => line.replace(`${WHILE}the repository's `, ''))).toEqual([
      'file info/attributes was added',
      'hook post-checkout was added',
      'hook pre-push was changed',
      'setting alias.st was removed',
      'setting core.fsmonitor was added',
      'setting core.hookspath was added',
      'setting filter.evil.clean was added',
      `replace ref refs/replace/${blob} was added`,
    ]);
  });

  test('what a config includes is a config: two deep, under a condition, not there yet', async () => {
    const { repo, start } = await watching();
    const at = (name: string) => join(repo.sandbox.folder, name);
    repo.git('config', 'include.path', at('first.inc'));
    // Not of this repository, which a condition may make it any time.
    repo.git('config', '--global', 'includeIf.gitdir:/nowhere/.path', at('other.inc'));
    repo.git('config', '--add', 'include.path', '../tracked.inc');
    // What is no plain file is not read.
    repo.git('config', '--add', 'include.path', '/dev/null');
    writeFileSync(at('first.inc'), '[include]\n\tpath = second.inc\n');
    const end = await start();
    writeFileSync(at('second.inc'), '[user]\n\tname = Somebody\n');
    repo.write('tracked.inc', '[core]\n\tfsmonitor = looked-after-elsewhere\n');
    expect((await end()).refused).toEqual([]);
    writeFileSync(at('second.inc'), '[core]\n\tfsmonitor = evil\n');
    writeFileSync(at('other.inc'), '[alias]\n\tst = !evil\n');
    expect((await end()).refused).toEqual([
      `${WHILE}the setting alias.st of ${at('other.inc')} was added`,
      `${WHILE}the setting core.fsmonitor of ${at('second.inc')} was added`,
    ]);
  });

  test("a config that cannot be read any more is named, and rota's git calls go on", async () => {
    const { repo, start } = await watching();
    const end = await start();
    repo.write('.git/config.worktree', '[broken\n');
    expect((await end()).refused).toEqual([`${WHILE}the repository's setting core.unreadable was added`]);
  });

  test.each(['url', 'pushurl', 'uploadpack', 'receivepack', 'proxy'])(
    'where a remote that was there leads (%s) refuses; a new remote is said',
    async (key) => {
      const { repo, start } = await watching();
      repo.git('config', 'remote.origin.url', '/nowhere');
      const end = await start();
      repo.git('config', 'remote.fork.url', '/elsewhere');
      repo.git('config', 'remote.fork.fetch', '+refs/heads/*:refs/remotes/fork/*');
      expect(await end()).toEqual({
        refused: [],
        noticed: [`${WHILE}the repository's setting remote.fork.url was added`],
        meanwhile: [],
      });
      repo.git('config', `remote.origin.${key}`, 'evil');
      const what = key === 'url' ? 'changed' : 'added';
      expect((await end()).refused).toEqual([
        `${WHILE}the repository's setting remote.origin.${key} was ${what}`,
      ]);
    },
  );

  test("the person's own settings count, because calls to a remote follow them", async () => {
    const { repo, start } = await watching();
    const end = await start();
    repo.git('config', '--global', 'user.email', 'new@example.org');
    expect(await end()).toEqual(NOTHING);
    repo.git('config', '--global', 'core.sshCommand', 'evil');
    repo.git('config', '--global', 'url.evil.insteadOf', 'good');
    const file = join(repo.sandbox.folder, 'home/.gitconfig');
    expect((await end()).refused).toEqual([
      `${WHILE}the setting core.sshcommand of ${file} was added`,
      `${WHILE}the setting url.evil.insteadof of ${file} was added`,
    ]);
  });

  test('what rota init and other workers write there meanwhile is nothing', async () => {
    const { repo, start } = await watching();
    const end = await start();
    repo.git('config', 'merge.rota.name', 'task files key by key');
    repo.git('config', 'merge.rota.driver', 'rota merge-file %O %A %B %P');
    repo.write('.git/info/attributes', 'backlog/**/*.md merge=rota\n');
    repo.git('config', 'branch.topic.remote', 'origin');
    expect(await end()).toEqual(NOTHING);
    repo.git('config', 'merge.rota.driver', 'evil');
    repo.write('.git/info/exclude', 'src/\n');
    expect(await end()).toEqual({
      refused: [`${WHILE}the repository's setting merge.rota.driver was added`],
      noticed: [`${WHILE}the repository's file info/exclude was changed`],
      meanwhile: [],
    });
  });
});
