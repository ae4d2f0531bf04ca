import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { scene } from './scene.ts';

test('a switch to main that names it only after main has moved: that checkout is brought along', async () => {
  const { repo, move, next, sandbox } = await scene();
  repo.git('switch', '-q', '-c', 'feature');
  // The end of a slow `git switch main`: the tree and the index are those of the old main, HEAD follows.
  const slow = join(sandbox.folder, 'bin', 'git');
  mkdirSync(dirname(slow));
  copyFileSync(realpathSync('/bin/sh'), slow);
  const script = `until test "$(cat .git/refs/heads/main)" = ${next}; do sleep 0.01; done; sleep 0.5; echo "ref: refs/heads/main" > .git/HEAD`;
  const switching = spawn(slow, ['-c', script], { cwd: repo.root, stdio: 'ignore' });
  const ended = new Promise((done) => switching.once('exit', done));
  await new Promise((done) => switching.once('spawn', done));
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  await ended;
  expect(repo.git('rev-parse', 'HEAD')).toBe(next);
  expect(repo.git('status', '--porcelain')).toBe('');
});
