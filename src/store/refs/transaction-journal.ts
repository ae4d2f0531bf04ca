import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import { givenUp, isDead, type Owner, ownerOf } from '../home/owner.ts';
import type { Repository } from '../repository.ts';
import { removeOwnLocks } from './ref-locks.ts';
import { isRefName } from './ref-name.ts';

interface TransactionJournal {
  readonly v: 1;
  readonly owner: Owner;
  readonly refs: readonly string[];
  /** When the transaction began, in milliseconds, where that is not the time of this file. */
  readonly since?: number;
}

/**
 * Changes refs while a journal names them, so that lock files of a git that dies in it are known as rota's.
 *
 * @param action gets the journal's file
 */
export async function inTransaction<T>(
  system: System,
  repository: Repository,
  refs: readonly string[],
  action: (journal: string) => Promise<T>,
): Promise<T> {
  const path = await openTransaction(system, repository, { v: 1, owner: ownerOf(system.machine), refs });
  try {
    return await action(path);
  } finally {
    await closeTransaction(system, path);
  }
}

/**
 * After a transaction whose git died: removes the lock files that it left. Where another git may be at work they stay, with a
 * journal that is nobody's: any sweep removes them later, also while this process lives on.
 *
 * @param journal the file that covered it
 */
export async function clearAfter(
  system: System,
  repository: Repository,
  refs: readonly string[],
  journal: string,
): Promise<void> {
  const since = await timeOf(system, journal);
  const left = await removeOwnLocks(system, repository, refs, since);
  const times = await Promise.all(left.map((path) => timeOf(system, path)));
  if (since === null || !times.some((time) => time !== null && time >= since)) return;
  await openTransaction(system, repository, { v: 1, owner: givenUp(ownerOf(system.machine)), refs, since });
}

async function openTransaction(
  system: System,
  repository: Repository,
  journal: TransactionJournal,
): Promise<string> {
  const folder = join(repository.rotaDir, 'transactions');
  const path = join(folder, `${system.machine.pid}-${system.random.id()}.json`);
  await system.files.makeFolder(folder);
  await system.files.write(path, `${JSON.stringify(journal)}\n`);
  return path;
}

async function closeTransaction(system: System, path: string): Promise<void> {
  if ((await system.files.facts(path)) !== null) await system.files.removeFile(path);
}

/**
 * Removes ref locks that transactions of dead processes left, where they are provably rota's.
 *
 * @returns sentences about what is still in the way
 */
export async function healTransactions(system: System, repository: Repository): Promise<string[]> {
  const folder = join(repository.rotaDir, 'transactions');
  const named = new Set<string>();
  for (const { name } of await system.files.list(folder)) {
    const path = join(folder, name);
    const journal = parse((await system.files.readIfThere(path))?.toString('utf8') ?? '');
    if (await isOver(system, journal, name)) {
      const since = journal?.since ?? (await timeOf(system, path));
      const left = await removeOwnLocks(system, repository, journal?.refs ?? [], since);
      if (left.length === 0) await closeTransaction(system, path);
      else
        named.add(
          `Lock files of a git that died are in the way: ${left.join(', ')}. If no git is running in this repository, remove them.`,
        );
    }
  }
  return [...named];
}

/** When a file was written, in milliseconds. */
export async function timeOf(system: System, path: string): Promise<number | null> {
  return (await system.files.facts(path))?.mtimeMs ?? null;
}

function parse(text: string): TransactionJournal | null {
  try {
    const value = JSON.parse(text) as Partial<TransactionJournal>;
    return value.v === 1 &&
      value.owner !== undefined &&
      Array.isArray(value.refs) &&
      value.refs.every(isRefName) &&
      (value.since === undefined || typeof value.since === 'number')
      ? (value as TransactionJournal)
      : null;
  } catch {
    return null;
  }
}

/** A journal that a crash tore while it was written has only its name to tell its process; its transaction never began. */
async function isOver(system: System, journal: TransactionJournal | null, name: string): Promise<boolean> {
  if (journal !== null) return isDead(system, journal.owner);
  return (await system.processTable.facts(Number.parseInt(name, 10))).kind === 'gone';
}
