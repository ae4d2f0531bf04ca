import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { GitReader } from './git-reader.ts';
import { isLanding, type MainCommit, tasksAt } from './read-main.ts';

interface Lock {
  readonly run: string;
  readonly pid: number;
  readonly started: string;
  readonly boot: string;
}

/**
 * Tasks and their records: a landed task is done, any other one is not; no lock (in a record or shown in a file) whose worker is
 * dead; what waits is there; nothing is left of the records of landed tasks.
 *
 * @param expected ids that must be on main, whatever else is; null: none is asked for
 * @param said what rota printed: a block that main's checkouts do not let it remove now is named there
 */
export function checkTasks(
  shared: GitReader,
  readers: readonly GitReader[],
  history: readonly MainCommit[],
  expected: readonly string[] | null,
  said: string,
): string[] {
  const wrong: string[] = [];
  const landed = new Set(history.filter(isLanding).flatMap(({ trailers }) => trailers.get('Task')!));
  const tasks = tasksAt(shared, history.at(-1)!.id);
  const live = new Set<string>();

  for (const line of shared.git('for-each-ref', '--format=%(refname)', 'refs/rota/tasks/').split('\n')) {
    if (line === '') continue;
    const id = line.slice('refs/rota/tasks/'.length);
    const record = readRecord(shared, line);
    if (record === null) {
      wrong.push(`The record of ${id} cannot be read (${line}).`);
      continue;
    }
    if (record.lock !== null && isAlive(record.lock)) live.add(record.lock.run);
    else if (record.lock !== null)
      wrong.push(`${id} is locked by run ${record.lock.run}, whose worker (${record.lock.pid}) is dead.`);
    if (record.waiting !== null && !readers.some((reader) => reader.has(record.waiting!)))
      wrong.push(`${id} waits with ${record.waiting}, which is nowhere.`);
    if (landed.has(id) && tasks.get(id)?.standing !== true)
      wrong.push(`${id} has landed and still has a record.`);
  }
  for (const { id, path, lockRun } of tasks.values())
    if (lockRun !== null && !live.has(lockRun) && !said.includes(`the lock block of run ${lockRun}`))
      wrong.push(`${path} shows a lock of run ${lockRun}, which is over (${id}).`);
  for (const id of new Set([...(expected ?? []), ...tasks.keys()])) {
    const task = tasks.get(id);
    if (task === undefined) wrong.push(`Task ${id} is not on main any more.`);
    else if (task.standing) continue;
    else if (landed.has(id) && task.status !== 'done')
      wrong.push(`${id} has landed and its status is ${task.status}.`);
    else if (!landed.has(id) && task.status === 'done') wrong.push(`${id} is done and has not landed.`);
  }
  return wrong;
}

function readRecord(shared: GitReader, ref: string): { lock: Lock | null; waiting: string | null } | null {
  const text = shared.bytes(`${ref}:record.yaml`)?.toString('utf8');
  if (text === undefined) return null;
  const value = parse(text) as { v?: unknown; lock?: Lock | null; waiting?: { commit?: string } | null };
  if (value?.v !== 1) return null;
  return { lock: value.lock ?? null, waiting: value.waiting?.commit ?? null };
}

function isAlive({ pid, started, boot }: Lock): boolean {
  if (readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() !== String(boot).trim()) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return !'ZX'.includes(fields[0]!) && fields[19] === String(started);
  } catch {
    return false;
  }
}
