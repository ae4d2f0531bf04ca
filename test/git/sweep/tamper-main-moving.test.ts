import { appendFileSync, existsSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Project } from '../../../src/run/project/project.ts';
import { compareMain, readMainFacts } from '../../../src/run/project/tamper-main.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

/** Main has been moved, and the log of the checkout does not say so yet; git still has the ref's lock. */
async function moving() {
  const { project, repo } = await openTestProject();
  const before = await readMainFacts(project);
  const old = repo.git('rev-parse', 'main');
  const now = repo.git('commit-tree', '-p', old, '-m', 'feat: theirs', 'main^{tree}');
  const lock = join(repo.root, '.git/refs/heads/main.lock');
  writeFileSync(lock, '');
  writeFileSync(join(repo.root, '.git/refs/heads/main'), `${now}\n`);
  const line = `${old} ${now} Pat Example <pat@example.org> 1790000000 +0000\tcommit: theirs\n`;
  const finish = () => {
    appendFileSync(join(repo.root, '.git/logs/HEAD'), line);
    unlinkSync(lock);
  };
  const compare = (at: Project) => compareMain(at, before, { run: 'RUN1', base: old, tip: old });
  return { project, repo, old, now, lock, finish, compare };
}

/** Waits take no time; `onWait` is told which one it is. */
function withWaits(project: Project, onWait: (count: number) => void, passing = 0): Project {
  let count = 0;
  const clock = {
    ...project.system.clock,
    monotonic: () => count * passing,
    wait: async () => onWait(++count),
  };
  return { ...project, system: { ...project.system, clock } };
}

test('while git holds main’s lock, a move is under way: it is waited for, and nothing is put back', async () => {
  const { project, repo, now, finish, compare } = await moving();
  // Later than a move without a lock would have been given up.
  const patient = withWaits(project, (count) => {
    if (count === 50) finish();
  });
  expect(await compare(patient)).toMatchObject({ refused: [], noticed: [] });
  expect(repo.git('rev-parse', 'main')).toBe(now);
});

test('without a lock it is looked at five times, and put back', async () => {
  const { project, repo, old, lock, compare } = await moving();
  unlinkSync(lock);
  let waits = 0;
  const { refused } = await compare(
    withWaits(project, (count) => {
      waits = count;
    }),
  );
  expect(refused).toEqual([expect.stringContaining(`it is back at ${old.slice(0, 10)}`)]);
  expect(waits).toBe(4);
  expect(repo.git('rev-parse', 'main')).toBe(old);
});

test('a lock that stays is a dead git’s: after ten seconds main is judged all the same, and the lock is left there', async () => {
  const { project, repo, old, now, lock, compare } = await moving();
  let waits = 0;
  const { refused } = await compare(
    withWaits(
      project,
      (count) => {
        waits = count;
      },
      1000,
    ),
  );
  expect(refused).toEqual([
    expect.stringMatching(/^main was moved to .* from outside .*main\.lock.* Then to put it back: /),
  ]);
  expect(refused[0]).toContain(`git update-ref refs/heads/main ${old}`);
  expect(waits).toBeGreaterThan(9);
  expect(waits).toBeLessThan(20);
  expect(existsSync(lock)).toBe(true);
  unlinkSync(lock);
  expect(repo.git('rev-parse', 'main')).toBe(now);
});
