import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import { isDead, type Owner, ownerOf } from '../home/owner.ts';
import type { Repository } from '../repository.ts';
import { removeOwnLocks } from './ref-locks.ts';
import { isRefName } from './ref-name.ts';

interface TransactionJournal {
  readonly v: 1;
  readonly owner: Owner;
  readonly refs: readonly string[];
}

/**
 * Changes refs while a journal names them, so that lock files of a git that dies in it are known as rota's. When it fails and lock
 * files stay, the journal stays with them: once this process has ended, a sweep removes them.
 *
 * @param action gets the journal's file
 */
export async function inTransaction<T>(
  system: System,
  repository: Repository,
  refs: readonly string[],
  action: (journal: string) => Promise<T>,
): Promise<T> {
  const journal = await openTransaction(system, repository, refs);
  let result: T;
  try {
    result = await action(journal);
  } catch (error) {
    const left = await removeOwnLocks(system, repository, refs, await timeOf(system, journal));
    if (left.length === 0) await closeTransaction(system, journal);
    throw error;
  }
  await closeTransaction(system, journal);
  return result;
}

async function openTransaction(
  system: System,
  repository: Repository,
  refs: readonly string[],
): Promise<string> {
  const folder = join(repository.rotaDir, 'transactions');
  const path = join(folder, `${system.machine.pid}-${system.random.id()}.json`);
  const journal: TransactionJournal = {
    v: 1,
    owner: ownerOf(system.machine),
    refs,
  };
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
  const named: string[] = [];
  for (const { name } of await system.files.list(folder)) {
    const path = join(folder, name);
    const journal = parse((await system.files.readIfThere(path))?.toString('utf8') ?? '');
    if (await isOver(system, journal, name)) {
      const left = await removeOwnLocks(system, repository, journal?.refs ?? [], await timeOf(system, path));
      if (left.length === 0) await closeTransaction(system, path);
      else
        named.push(
          `Lock files of a git that died are in the way: ${left.join(', ')}. If no git is running in this repository, remove them.`,
        );
    }
  }
  return named;
}

/** When a journal's file was written, in milliseconds. */
export async function timeOf(system: System, path: string): Promise<number | null> {
  return (await system.files.facts(path))?.mtimeMs ?? null;
}

function parse(text: string): TransactionJournal | null {
  try {
    const value = JSON.parse(text) as Partial<TransactionJournal>;
    return value.v === 1 &&
      value.owner !== undefined &&
      Array.isArray(value.refs) &&
      value.refs.every(isRefName)
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
