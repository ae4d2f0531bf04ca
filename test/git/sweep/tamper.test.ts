import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTampering, watchTampering } from '../../../src/run/project/tamper.ts';
import { openMerge } from '../../../src/run/worktree/open-merge.ts';
import { BRANCH, openTestProject } from '../worktree/open-test-project.ts';

test('executable settings, hooks, attributes and replace refs that appear, change or go are named', async () => {
  const { repo, project, main } = await openTestProject();
  repo.git('config', 'alias.st', 'status');
  repo.write('.git/hooks/pre-push', '#!/bin/sh\n');
  const before = await watchTampering(project);
  const at = { base: main(), tip: main() };
  repo.git('config', 'user.name', 'Somebody');
  repo.git('config', 'remote.x.url', 'y');
  expect(await readTampering(project, before, at)).toEqual([]);

  repo.git('config', 'filter.evil.clean', 'evil');
  repo.git('config', 'core.hooksPath', join(repo.sandbox.folder, 'hooks'));
  mkdirSync(join(repo.sandbox.folder, 'hooks'));
  writeFileSync(join(repo.sandbox.folder, 'hooks/post-checkout'), 'evil');
  repo.git('config', '--unset', 'alias.st');
  repo.write('.git/config.worktree', '[core]\n\tfsmonitor = evil\n');
  repo.write('.git/hooks/pre-push', '#!/bin/sh\nevil\n');
  repo.write('.git/info/attributes', '* filter=evil\n');
  repo.git('replace', 'main:src/a.txt', 'main:src/b.txt');
  const said = await readTampering(project, before, at);
  const blob = repo.git('--no-replace-objects', 'rev-parse', 'main:src/a.txt');
  expect(said.map((line) => line.replace("while the agent worked, the repository's ", ''))).toEqual([
    'file info/attributes was added',
    'hook post-checkout was added',
    'hook pre-push was changed',
    `replace ref refs/replace/${blob} was added`,
    'setting alias.st was removed',
    'setting core.fsmonitor was added',
    'setting core.hookspath was added',
    'setting filter.evil.clean was added',
  ]);
});

test("a config that cannot be read any more is named, and rota's git calls go on", async () => {
  const { repo, project, main } = await openTestProject();
  const before = await watchTampering(project);
  repo.write('.git/config.worktree', '[broken\n');
  expect(await readTampering(project, before, { base: main(), tip: main() })).toHaveLength(1);
});

test("main with a commit of the run's own branch is named; a person's commit and a merge of main are not", async () => {
  const { repo, project, make, gitIn } = await openTestProject();
  const made = await make();
  writeFileSync(join(made.path, 'src/a.txt'), 'work\n');
  gitIn(made.path, 'commit', '-qam', 'feat: work');
  const before = await watchTampering(project);
  const theirs = repo.commit('feat: theirs', { 'src/b.txt': 'theirs\n' });
  await openMerge(project, made, theirs);
  const tip = gitIn(made.path, 'rev-parse', 'HEAD');
  expect(await readTampering(project, before, { base: made.base, tip })).toEqual([]);
  repo.git('merge', '-q', BRANCH);
  expect(await readTampering(project, before, { base: made.base, tip })).toEqual([
    `main was moved to ${tip.slice(0, 10)}, a commit of this run that has not been gated`,
  ]);
});
