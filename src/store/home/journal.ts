import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import type { RefChange } from '../shared-refs.ts';
import type { PathChange } from './diff-paths.ts';
import { type Owner, ownerOf } from './owner.ts';

/** A home checkout that a move of main brings along. */
export interface MovedCheckout {
  readonly path: string;
  readonly gitDir: string;
  /** Folder for the lock and the new index: in the git dir, so that both can be renamed into place. */
  readonly admin: string;
  /** Folder for new and old files, on the file system of the checkout's files. */
  readonly holding: string;
  readonly fileMode: boolean;
}

/** What a move of main is about to do, written before the first lock and dropped after the last. */
export interface Journal {
  readonly v: 1;
  /** Id of the move: the run's id and a random one (a run moves main more than once). */
  readonly move: string;
  readonly owner: Owner;
  /** Full name of main's ref. */
  readonly ref: string;
  readonly old: string;
  readonly new: string;
  readonly refs: readonly RefChange[];
  readonly finished: boolean;
  readonly checkouts: readonly MovedCheckout[];
  readonly changes: readonly PathChange[];
}

/** A journal for a new move; nothing is written yet. */
export function newJournal(
  system: System,
  move: { run: string; ref: string; old: string; new: string; refs: readonly RefChange[] },
  changes: readonly PathChange[],
): Journal {
  const run = move.run.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 60);
  return {
    v: 1,
    move: `${run}.${system.random.id()}`,
    owner: ownerOf(system.machine),
    ref: move.ref,
    old: move.old,
    new: move.new,
    refs: move.refs,
    finished: false,
    checkouts: [],
    changes,
  };
}

export function journalPath(repository: Repository, journal: Journal): string {
  return join(repository.rotaDir, 'journal', `${journal.move}.json`);
}

/** Writes the journal whole and flushed to disk. */
export async function writeJournal(system: System, repository: Repository, journal: Journal): Promise<void> {
  await system.files.makeFolder(join(repository.rotaDir, 'journal'));
  await system.files.writeWhole(journalPath(repository, journal), `${JSON.stringify(journal)}\n`);
}

export async function dropJournal(system: System, repository: Repository, journal: Journal): Promise<void> {
  if ((await system.files.facts(journalPath(repository, journal))) !== null)
    await system.files.removeFile(journalPath(repository, journal));
}

/** All journals, oldest first; one that cannot be read is named in `unreadable` and left where it is. */
export async function readJournals(
  system: System,
  repository: Repository,
): Promise<{ journals: Journal[]; unreadable: string[] }> {
  const folder = join(repository.rotaDir, 'journal');
  const names = (await system.files.list(folder))
    .map((entry) => entry.name)
    .filter((name) => /^[^.].*\.json$/.test(name));
  const journals: Journal[] = [];
  const unreadable: string[] = [];
  for (const name of names.sort(byId)) {
    const text = await system.files.readIfThere(join(folder, name));
    if (text === null) continue;
    const journal = parseJournal(text.toString('utf8'));
    if (journal === null) unreadable.push(join(folder, name));
    else journals.push(journal);
  }
  return { journals, unreadable };
}

/** The random id is sortable by time, the run's before it need not be. */
function byId(a: string, b: string): number {
  const [idA, idB] = [a, b].map((name) => name.split('.').at(-2) ?? '');
  return idA! < idB! ? -1 : 1;
}

function parseJournal(text: string): Journal | null {
  try {
    const value = JSON.parse(text) as Partial<Journal>;
    return value.v === 1 && typeof value.move === 'string' && Array.isArray(value.checkouts)
      ? (value as Journal)
      : null;
  } catch {
    return null;
  }
}
