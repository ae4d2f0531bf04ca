import { mkdirSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { sandbox } from '../../support/repo.ts';
import { FILES, projectOf } from '../worktree/open-test-project.ts';
import { NOTHING, WHILE, watching } from './watching.ts';

const BY = 'by you or by the agent';
const HOME = (names: string) => ({
  ...NOTHING,
  meanwhile: [`${WHILE}these changed in your checkout, ${BY}: ${names}; nothing was undone`],
});

describe("a person's checkout", () => {
  test('saves, new files, deletions, staging and what is undone are named, each time since the agent started', async () => {
    const { repo, start } = await watching();
    repo.write('src/b.txt', 'half done\n');
    repo.write('notes.txt', 'theirs\n');
    expect(await (await start())()).toEqual(NOTHING);
    const end = await start();
    repo.write('src/a.txt', 'evil\n');
    repo.write('stray.txt', 'evil\n');
    repo.write('new/deep/stray.txt', 'evil\n');
    expect(await end()).toEqual(HOME('new/, new/deep/, new/deep/stray.txt, src/a.txt, stray.txt'));

    const undone = await start();
    repo.git('checkout', '-q', '--', 'src/a.txt', 'src/b.txt');
    unlinkSync(join(repo.root, 'notes.txt'));
    unlinkSync(join(repo.root, 'rota.yaml'));
    repo.write('new/deep/stray.txt', 'more\n');
    expect(await undone()).toEqual(
      HOME(
        'new/deep/stray.txt, notes.txt (deleted), rota.yaml (deleted), src/a.txt (as committed), src/b.txt (as committed)',
      ),
    );

    const staged = await start();
    repo.git('add', 'stray.txt');
    repo.git('update-index', '--cacheinfo', `100644,${repo.git('hash-object', '-w', 'stray.txt')},src/a.txt`);
    expect(await staged()).toEqual(HOME('src/a.txt, stray.txt (staged)'));
    const reset = await start();
    repo.git('reset', '-q', '--hard');
    expect(await reset()).toEqual(
      HOME('rota.yaml (as committed), src/a.txt (as committed), stray.txt (not staged any more)'),
    );
  });

  test('what is ignored counts too; of a folder of dependencies only what is directly in it', async () => {
    const { repo, start } = await watching();
    repo.write('cache/.env', 'KEY=1\n');
    for (let n = 0; n < 60; n++) repo.write(`node_modules/p${n}/index.js`, 'x\n');
    const end = await start();
    repo.write('node_modules/p1/index.js', 'evil\n');
    expect(await end()).toEqual(NOTHING);
    repo.write('cache/.env', 'KEY=2\n');
    repo.write('node_modules/evil/index.js', 'evil\n');
    expect(await end()).toEqual(HOME('cache/.env, node_modules/'));
  });

  test('the same length and time do not hide a change; a commit of what was there is none', async () => {
    const { repo, start } = await watching();
    const path = join(repo.root, 'src/a.txt');
    repo.write('src/a.txt', 'mine\n');
    repo.write('src/new.txt', 'mine\n');
    utimesSync(path, 1, 1);
    const end = await start();
    writeFileSync(path, 'evil\n');
    utimesSync(path, 1, 1);
    expect(await end()).toEqual(HOME('src/a.txt'));
    const committed = await start();
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'feat: mine');
    const { meanwhile } = await committed();
    expect(meanwhile).toEqual([
      expect.stringMatching(/^while the agent worked, main got a commit .*\(feat: mine\)$/),
    ]);
  });

  test("a move of main by rota, under a checkout with work in it, is nothing of anybody's", async () => {
    const { repo, project, start } = await watching();
    repo.write('src/b.txt', 'half done\n');
    repo.write('stray.txt', 'theirs\n');
    const end = await start();
    const old = repo.git('rev-parse', 'main');
    const blob = repo.git('hash-object', '-w', 'stray.txt');
    repo.git('read-tree', '--index-output=.git/other', 'main');
    const env = `GIT_INDEX_FILE=.git/other`;
    repo.git('-c', `alias.x=!${env} git update-index --add --cacheinfo 100644,${blob},src/a.txt`, 'x');
    const tree = repo.git('-c', `alias.x=!${env} git write-tree`, 'x');
    const commit = repo.git('commit-tree', '-p', old, '-m', 'chore(backlog): edit A1', tree);
    expect((await project.moveMain({ run: 'X', old, new: commit, refs: [] })).kind).toBe('moved');
    expect(repo.read('src/a.txt')).toBe('theirs\n');
    // It says that it is about the backlog, and is not.
    expect(await end()).toEqual({
      ...NOTHING,
      meanwhile: [
        `${WHILE}main got a commit that no run landed, ${BY}: ${commit.slice(0, 10)} (chore(backlog): edit A1)`,
      ],
    });
  });

  test('filters, hooks and monitors that were planted do not run while it is looked at', async () => {
    const { repo, start } = await watching();
    const sung = join(repo.sandbox.folder, 'sung');
    const evil = join(repo.sandbox.folder, 'evil.sh');
    writeFileSync(evil, `#!/bin/sh\necho sung >> '${sung}'\ncat\n`, { mode: 0o755 });
    const end = await start();
    for (const key of [
      'filter.x.clean',
      'filter.x.process',
      'core.fsmonitor',
      'diff.external',
      'diff.x.textconv',
    ])
      repo.git('config', key, evil);
    repo.write('.git/info/attributes', '* filter=x diff=x\n');
    repo.write('.gitattributes', '* filter=x diff=x\n');
    // Of the same length, in the second of the index: git would have to look into it.
    repo.write('src/a.txt', 'x\n');
    const { refused, meanwhile } = await end();
    expect(refused.join()).toContain('setting filter.x.clean was added');
    expect(meanwhile.join()).toContain('.gitattributes, src/a.txt');
    rmSync(sung, { force: true });
    await end();
    expect(repo.exists('../sung')).toBe(false);
  });

  test('an index that git cannot read: said; a held one is looked at all the same', async () => {
    const { repo, start } = await watching();
    repo.write('.git/index.lock', '');
    const end = await start();
    repo.write('src/a.txt', 'evil\n');
    expect(await end()).toEqual(HOME('src/a.txt'));
    repo.write('.git/index', 'nonsense');
    expect((await end()).meanwhile).toEqual([
      `${WHILE}your checkout became one that git cannot look at, ${BY}`,
    ]);
    // From the beginning there was nothing to compare with.
    expect(await (await start())()).toEqual(NOTHING);
  });
});

test("another worktree of the person's: its files, and its .git; gone with its folder it is nothing", async () => {
  const { repo, start } = await watching();
  const side = join(repo.sandbox.folder, 'side');
  repo.git('worktree', 'add', '-q', '-b', 'side', side);
  const end = await start();
  writeFileSync(join(side, 'src/a.txt'), 'evil\n');
  unlinkSync(join(side, '.git'));
  expect((await end()).meanwhile).toEqual([
    `${WHILE}these changed in your worktree ${side}, ${BY}: .git (deleted), src/a.txt; nothing was undone`,
  ]);
  rmSync(side, { recursive: true });
  expect(await end()).toEqual(NOTHING);
});

test('tags, notes, stashes and the log of the checkout: said, with what was there', async () => {
  const { repo, start } = await watching();
  repo.git('tag', 'v1');
  const v1 = repo.git('rev-parse', 'v1').slice(0, 10);
  repo.write('src/a.txt', 'first\n');
  repo.git('stash', '-q');
  const first = repo.git('rev-parse', 'stash');
  repo.write('src/a.txt', 'second\n');
  repo.git('stash', '-q');
  const end = await start();
  expect(await end()).toEqual(NOTHING);
  repo.git('tag', '-d', 'v1');
  repo.git('tag', 'v2');
  repo.git('notes', 'add', '-m', 'x');
  repo.git('stash', 'drop', '-q', 'stash@{1}');
  expect(await end()).toEqual({
    ...NOTHING,
    meanwhile: [
      `${WHILE}${BY}: refs/notes/commits was added, tag v1 was removed (it was ${v1}), tag v2 was added`,
      `${WHILE}a stash was dropped, ${BY}; to have it again: git stash store ${first}`,
    ],
  });
  repo.git('stash', 'store', '-m', 'again', first);
  const { meanwhile } = await end();
  expect(meanwhile).toHaveLength(1);
  writeFileSync(join(repo.root, '.git/logs/HEAD'), '');
  expect((await end()).meanwhile).toContain(
    `${WHILE}the log of your checkout (git reflog) was rewritten, by git gc, ${BY}`,
  );
});

test('what shells, ssh and PATH start with, behind links too', async () => {
  const box = sandbox();
  const home = box.env['HOME']!;
  const bin = join(box.folder, 'bin');
  mkdirSync(join(home, 'dotfiles'), { recursive: true });
  mkdirSync(bin);
  writeFileSync(join(home, 'dotfiles/zshrc'), '');
  symlinkSync('dotfiles/zshrc', join(home, '.zshrc'));
  const repo = box.repo('repo', FILES);
  // Of the project, and of nobody: neither is looked at.
  repo.write('node_modules/.bin/tool', '');
  box.env['PATH'] = `${bin}:${repo.root}/node_modules/.bin:relative:${box.env['PATH']}`;
  const { start } = await watching(await projectOf(repo));
  const end = await start();
  repo.write('node_modules/.bin/other', '');
  const quiet = await end();
  expect(quiet.noticed).toEqual([]);
  writeFileSync(join(home, 'dotfiles/zshrc'), 'evil\n');
  mkdirSync(join(home, '.ssh'));
  writeFileSync(join(home, '.ssh/authorized_keys'), 'evil\n');
  mkdirSync(join(home, '.config/systemd/user'), { recursive: true });
  writeFileSync(join(home, '.config/systemd/user/evil.service'), 'evil\n');
  writeFileSync(join(bin, 'git'), 'evil\n');
  const names = ['.config/systemd/user/evil.service', '.ssh/authorized_keys', '.zshrc'].map((one) =>
    join(home, one),
  );
  expect((await end()).noticed).toEqual([
    `${WHILE}what your programs start with was changed, ${BY}: ${[bin, ...names].join(', ')}; look at it before you open a shell`,
  ]);
});

test('notes about gates that no run wrote: dropped; those of a run at work stay', async () => {
  const { project, start } = await watching();
  const { system, repository } = project;
  const note = join(repository.cacheDir, 'gated', 'f'.repeat(40));
  const tests = join(repository.cacheDir, 'tests', 'x.json');
  const forge = async () => {
    for (const path of [note, tests]) {
      await system.files.makeFolder(join(path, '..'));
      await system.files.write(path, `${Math.random()}`);
    }
  };
  await forge();
  const end = await start();
  expect(await end()).toEqual(NOTHING);
  await forge();
  const removed = 'was written although no other run was at work; it was removed';
  expect(await end()).toEqual({
    ...NOTHING,
    noticed: [
      `${WHILE}a note about what waits and needs no new gate in rota's cache ${removed}`,
      `${WHILE}a note about main's tests in rota's cache ${removed}`,
    ],
  });
  expect(await system.files.facts(note)).toBe(null);
  await openRunFolder(system, repository, {
    ...{ run: '01RUN2', role: 'developer', task: 'A2', branch: 'ai/developer/A2-x' },
  });
  await forge();
  expect(await end()).toEqual(NOTHING);
  expect(await system.files.facts(note)).not.toBe(null);
});

test('an agent that something keeps in its place is not asked about what the person does', async () => {
  const { repo, start } = await watching(undefined, { confined: true });
  const end = await start();
  repo.write('src/a.txt', 'mine\n');
  repo.git('tag', 'v1');
  repo.commit('feat: mine', { 'src/b.txt': 'mine\n' });
  expect(await end()).toEqual(NOTHING);
  repo.git('config', 'core.fsmonitor', 'evil');
  expect((await end()).refused).toHaveLength(1);
});
