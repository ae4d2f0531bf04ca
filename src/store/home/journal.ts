import { basename, join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import type { RefChange } from '../shared-refs.ts';
import { decodeJournal } from './decode-journal.ts';
import type { PathChange } from './diff-paths.ts';
import { linkNew } from './link-new.ts';
import { givenUp, type Owner, ownerOf } from './owner.ts';

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
  /** 0 for the process that moves; one more each time that a replay takes the journal over. */
  readonly generation: number;
  /** Time of the first journal file, in milliseconds, once taken over: locks of this move are not older. */
  readonly since: number | null;
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
    generation: 0,
    since: null,
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
  const { move, generation } = journal;
  return join(folderOf(repository), generation === 0 ? `${move}.json` : `${move}~${generation}.json`);
}

/** Writes the journal whole and flushed to disk. */
export async function writeJournal(system: System, repository: Repository, journal: Journal): Promise<void> {
  await system.files.makeFolder(folderOf(repository));
  await system.files.writeWhole(journalPath(repository, journal), textOf(journal));
}

/** Removes the journal and everything that crashes left of it; the file that counts goes last. */
export async function dropJournal(system: System, repository: Repository, journal: Journal): Promise<void> {
  await dropOthers(system, repository, journal);
  await system.files.removeTree(journalPath(repository, journal));
}

/**
 * Makes this process the owner of a dead one's journal. Of several that try, one succeeds: the next generation is a link that
 * can be made once, and only counts while the one before is there.
 */
export async function takeOver(
  system: System,
  repository: Repository,
  journal: Journal,
): Promise<Journal | null> {
  const before = await system.files.facts(journalPath(repository, journal));
  if (before === null) return null;
  const next: Journal = {
    ...journal,
    generation: journal.generation + 1,
    since: journal.since ?? before.mtimeMs,
    owner: ownerOf(system.machine),
  };
  const own = join(folderOf(repository), `.${journal.move}.${system.machine.pid}.${system.random.id()}.take`);
  await system.files.writeWhole(own, textOf(next));
  const taken = await linkNew(system.files, own, journalPath(repository, next));
  await system.files.removeFile(own);
  if (!taken) return null;
  if ((await system.files.facts(journalPath(repository, journal))) === null) {
    await system.files.removeFile(journalPath(repository, next));
    return null;
  }
  await dropOthers(system, repository, next);
  return next;
}

/** Leaves the journal to whoever replays next, also while this process lives on. */
export async function giveUp(system: System, repository: Repository, journal: Journal): Promise<void> {
  const text = await system.files.readIfThere(journalPath(repository, journal));
  const current = text === null ? null : decodeJournal(repository, text.toString('utf8'));
  if (current !== null) await writeJournal(system, repository, { ...current, owner: givenUp(current.owner) });
}

/** All journals, oldest first; one that cannot be read or believed is named in `unreadable` and left where it is. */
export async function readJournals(
  system: System,
  repository: Repository,
): Promise<{ journals: Journal[]; unreadable: string[] }> {
  const newest = new Map<string, { generation: number; name: string }>();
  for (const { name } of await system.files.list(folderOf(repository))) {
    const [, move, number = '0'] = /^([^.~][^~]*?)(?:~(\d+))?\.json$/.exec(name) ?? [];
    if (move === undefined) continue;
    const generation = Number(number);
    if (generation >= (newest.get(move)?.generation ?? 0)) newest.set(move, { generation, name });
  }
  const journals: Journal[] = [];
  const unreadable: string[] = [];
  for (const [, { name }] of [...newest].sort(([a], [b]) => (idOf(a) < idOf(b) ? -1 : 1))) {
    const text = await system.files.readIfThere(join(folderOf(repository), name));
    if (text === null) continue;
    const journal = decodeJournal(repository, text.toString('utf8'));
    // Under another name it would not be the one that is taken over and dropped.
    if (journal !== null && basename(journalPath(repository, journal)) === name) journals.push(journal);
    else unreadable.push(join(folderOf(repository), name));
  }
  return { journals, unreadable };
}

/** Removes half-written journals that are an hour old: their processes died before there was a whole one. */
export async function dropTornJournals(system: System, repository: Repository): Promise<void> {
  for (const { name } of await system.files.list(folderOf(repository))) {
    if (!name.startsWith('.')) continue;
    const path = join(folderOf(repository), name);
    const age = system.clock.now().getTime() - ((await system.files.facts(path))?.mtimeMs ?? Infinity);
    if (age > 60 * 60_000) await system.files.removeTree(path);
  }
}

function folderOf(repository: Repository): string {
  return join(repository.rotaDir, 'journal');
}

function textOf(journal: Journal): string {
  return `${JSON.stringify(journal)}\n`;
}

/** Lower generations first, so that a higher one that is there means that all below are gone or void. */
async function dropOthers(system: System, repository: Repository, journal: Journal): Promise<void> {
  const keep = basename(journalPath(repository, journal));
  const names = (await system.files.list(folderOf(repository))).map((entry) => entry.name);
  const own = names.filter((name) => name.replace(/^\./, '').startsWith(journal.move) && name !== keep);
  for (const name of own.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)))
    await system.files.removeTree(join(folderOf(repository), name));
}

/** The random id is sortable by time, the run's before it need not be. */
function idOf(move: string): string {
  return move.split('.').at(-1) ?? '';
}
