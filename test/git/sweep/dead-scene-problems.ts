import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SweepReport } from '../../../src/run/sweep/sweep-report.ts';
import { type DeadWorker, isPushed } from './dead-worker.ts';

/** What is not as it has to be after one sweep, in words. */
export function problemsAfter(
  workers: readonly DeadWorker[],
  remote: boolean,
  report: SweepReport,
  { root, git }: { root: string; git(...args: string[]): string },
): string[] {
  const found: string[] = [];
  const check = (fine: boolean, what: string) => {
    if (!fine) found.push(what);
  };
  const locked = workers.filter(({ left }) => left !== 'over');
  const freed = new Set(report.freed.filter(({ reason }) => reason.includes('died')).map(({ task }) => task));
  check(freed.size === locked.length, `${freed.size} of ${locked.length} dead locks were freed`);
  for (const { task } of locked) check(freed.has(task), `${task} is not named as freed`);
  const refs = remote
    ? git('ls-remote', 'origin')
    : git('for-each-ref', '--format=%(objectname)%09%(refname)', 'refs/rota/tasks', 'refs/heads');
  const records = refs.split('\n').filter((line) => line.includes('\trefs/rota/tasks/'));
  if (remote) git('fetch', '-q', 'origin', '+refs/rota/tasks/*:refs/check/*', '+main:refs/check-main');
  for (const line of records) {
    const text = git('show', `${line.split('\t')[0]}:record.yaml`);
    check(/^lock: null$/m.test(text), `${line} still has a lock`);
  }
  const earlier = workers.filter(({ n }) => n % 10 === 0);
  const kept = new Set(records.map((line) => line.slice(line.lastIndexOf('/') + 1)));
  for (const { task } of earlier) check(kept.has(task), `the earlier attempts of ${task} are forgotten`);
  const main = remote ? 'refs/check-main' : 'main';
  const blocks = git('grep', '-l', '-c', '', main, '--', 'backlog').split('\n').length;
  check(blocks === workers.length, `${blocks} of ${workers.length} task files are there`);
  check(!isThere(() => git('grep', '-l', '^lock:', main, '--', 'backlog')), 'lock blocks are left on main');
  const branches = git('for-each-ref', '--format=%(refname:short)', 'refs/heads/ai').split('\n');
  for (const worker of workers.filter(({ left }) => left !== null)) {
    const { task, branch, path, left } = worker;
    const stays = isKept(worker, remote);
    check(
      existsSync(path) === stays,
      `the worktree of ${task} (${left}) ${stays ? 'is gone' : 'is still there'}: ${reasonsOf(report, task)}`,
    );
    const branchStays = left === 'committed' || left === 'uncommitted' || left === 'over';
    check(
      branches.includes(branch) === branchStays,
      `the branch of ${task} (${left}) is not as it should be`,
    );
    if (left === 'uncommitted')
      check(git('show', `${branch}:src/new.txt`) === `new in ${task}`, `${task} lost work`);
    if (left === 'over')
      check(readFileSync(join(path, 'src/new.txt'), 'utf8') === `new in ${task}\n`, `${task} lost work`);
    if (left === 'ignored') {
      const rescue = git('for-each-ref', '--format=%(refname)', `refs/rota/rescue/${task}`);
      check(
        rescue !== '' && git('show', `${rescue}:found.log`) === `seen in ${task}`,
        `${task} was not rescued`,
      );
    }
    // A task that was tried before has a record, which a landing would have deleted: its branch is kept.
    if (remote && left === 'landed' && worker.n % 10 !== 0)
      check(
        !refs.includes(`\trefs/heads/${branch}`),
        `the remote's branch of ${task} has landed and is there`,
      );
  }
  check(git('status', '--porcelain') === '', 'the checkout at home is not clean');
  check(git('fsck', '--no-dangling', '--no-progress', '--connectivity-only') === '', 'git fsck');
  check(
    git('worktree', 'list').split('\n').length ===
      1 + workers.filter((one) => one.left !== null && isKept(one, remote)).length,
    'git lists other worktrees',
  );
  check(!existsSync(join(root, '.worktrees/.trash')), 'something is left in .trash');
  return found;
}

/** Which worktrees have to be there after a sweep: those with work that is nowhere else. */
function isKept(worker: DeadWorker, remote: boolean): boolean {
  if (worker.left === 'committed') return !(remote && isPushed(worker));
  return worker.left === 'uncommitted' || worker.left === 'over';
}

function reasonsOf({ removed, kept }: SweepReport, id: string): string {
  return [...removed, ...kept]
    .filter(({ task }) => task === id)
    .map(({ reason }) => reason)
    .join('; ');
}

function isThere(look: () => string): boolean {
  try {
    return look() !== '';
  } catch {
    return false;
  }
}
