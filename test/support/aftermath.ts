import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { RunEnd, Scene } from './scene.ts';

/** What holds after every bad day: whole objects, no lock of git's left, no red main, and a task that is accounted for. */
export async function expectSound(s: Scene, task = 'A1'): Promise<void> {
  const { home, shared } = s;
  for (const repo of new Set([home, shared])) {
    expect(repo.git('fsck', '--no-dangling', '--no-progress'), 'git fsck').toBe('');
    expect(gitLocks(repo.root), 'lock files of git').toEqual([]);
  }
  expect(redCommits(s), 'red commits on main').toEqual([]);
  expect(landings(s, task).length, 'landings').toBeLessThanOrEqual(1);
  const { doc } = await s.rota(['list']);
  expect(doc.find(({ id }: { id: string }) => id === task)).toMatchObject({ lock: null });
}

/** Commits on main, in the order of its first parents, whose tree the gate would call red. */
export function redCommits({ shared }: Scene): string[] {
  return shared
    .git('log', '--first-parent', '--format=%h', 'main')
    .split('\n')
    .filter((commit) => shared.git('ls-tree', '--name-only', commit).split('\n').includes('broken'));
}

/** Commits on main with which the task landed. */
export function landings({ shared }: Scene, task = 'A1'): string[] {
  return shared
    .git('log', '--first-parent', '--format=%h %(trailers:key=Task,valueonly,separator=)', 'main')
    .split('\n')
    .filter((line) => line.endsWith(` ${task}`));
}

/** Sweeps and runs, as cron would, until the task has landed; fails when the last of `rounds` has not brought it there. */
export async function landSoon(s: Scene, task = 'A1', rounds = 2): Promise<void> {
  const seen: string[] = [];
  for (let n = 0; n < rounds && landings(s, task).length === 0; n++) {
    const swept = await s.rota(['sweep']);
    if (landings(s, task).length > 0) break;
    const end: RunEnd = await s.run();
    seen.push(JSON.stringify(swept.doc), JSON.stringify(end.doc));
  }
  expect(landings(s, task).length, `landings after\n${seen.join('\n')}`).toBe(1);
  await expectSound(s, task);
}

/** Whether a process runs; one that has ended and was not asked about by its parent yet does not. */
export function isRunning(pid: number | string): boolean {
  try {
    const stat = readFileSync(`/proc/${String(pid).trim()}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

function gitLocks(root: string): string[] {
  return execFileSync('find', [root, '-name', '*.lock', '-path', '*.git/*', '-not', '-path', '*/rota/*'], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((line) => line !== '');
}
