import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { dayOf, eachTurnOnce, parseUsageEntry, type UsageEntry } from '../../plan/usage-entry.ts';
import type { Project } from '../project/project.ts';

/** All that is needed to know what agents used here. */
export type LedgerPlace = Pick<Project, 'system' | 'repository'>;

const DAY_FILE = /^\d{4}-\d\d-\d\d\.jsonl$/;
const LIVE_FILE = /^[0-9A-Za-z-]{1,64}\.json$/;

/**
 * What the turns of every run on this machine used, one file for each day (of UTC) on which they ended, and one for each turn
 * that is not over. It survives the folders of runs.
 */
export function usageFolder({ repository }: LedgerPlace): string {
  return join(repository.rotaDir, 'usage');
}

/** Of turns that are not over, or whose worker died. */
export function liveFolder(place: LedgerPlace): string {
  return join(usageFolder(place), 'live');
}

/** Where the turn of a run that is not over is noted. */
export function liveFile(place: LedgerPlace, run: string): string {
  return join(liveFolder(place), `${run}.json`);
}

/**
 * Notes a turn that is over. Each entry begins a new line: what a crash tore before it stays alone.
 *
 * @throws RotaError `files`
 */
export async function appendUsage(place: LedgerPlace, entry: UsageEntry): Promise<void> {
  const { files } = place.system;
  const path = join(usageFolder(place), `${dayOf(entry.time)}.jsonl`);
  await makeOwnFolder(place, usageFolder(place));
  const there = await files.facts(path);
  // An agent may have put a link there: nothing of a person's is written to.
  if (there !== null && there.kind !== 'file') throw new RotaError('files', `${path} is not a plain file.`);
  await files.append(path, `\n${JSON.stringify(entry)}`);
}

/**
 * Makes one of the ledger's folders.
 *
 * @throws RotaError `files` when an agent has put a link in its place
 */
export async function makeOwnFolder({ system: { files } }: LedgerPlace, folder: string): Promise<void> {
  await files.makeFolder(folder);
  if ((await files.facts(folder))?.kind === 'link')
    throw new RotaError('files', `${folder} is a symbolic link.`);
}

/**
 * What was used since the beginning of a day, turns that are not over included; null: since ever (400 days).
 *
 * @throws RotaError `files` when the ledger is there and cannot be read
 */
export async function readUsage(place: LedgerPlace, since: Date | null): Promise<UsageEntry[]> {
  const from = since === null ? '' : dayOf(since);
  const days = await listDays(place);
  const wanted = days.filter((name) => name.slice(0, 10) >= from);
  const texts = await Promise.all(wanted.map((name) => readText(place, join(usageFolder(place), name))));
  const ended = texts.flatMap((text) => text.split('\n').flatMap((line) => parseUsageEntry(line) ?? []));
  const live = (await readLiveUsage(place)).filter(({ time }) => dayOf(time) >= from);
  return eachTurnOnce([...ended, ...live]);
}

/** The names of the days' files, oldest first. */
export async function listDays(place: LedgerPlace): Promise<string[]> {
  const there = await place.system.files.list(usageFolder(place));
  return there
    .filter(({ name, kind }) => kind === 'file' && DAY_FILE.test(name))
    .map(({ name }) => name)
    .sort();
}

/** Turns that are not over, or whose worker died. */
export async function readLiveUsage(place: LedgerPlace): Promise<UsageEntry[]> {
  const there = await place.system.files.list(liveFolder(place));
  const names = there.filter(({ name, kind }) => kind === 'file' && LIVE_FILE.test(name));
  const texts = await Promise.all(names.map(({ name }) => readText(place, join(liveFolder(place), name))));
  return texts.flatMap((text) => parseUsageEntry(text) ?? []);
}

async function readText({ system }: LedgerPlace, path: string): Promise<string> {
  return (await system.files.readIfThere(path))?.toString('utf8') ?? '';
}
