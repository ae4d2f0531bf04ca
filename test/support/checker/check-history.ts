import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitReader } from './git-reader.ts';
import { isLanding, type MainCommit, outsideBacklog, tasksAt } from './read-main.ts';

/** Says what is wrong with the files of a commit (backlog/ is left out); null: green. */
export type Gate = (folder: string) => string | null | Promise<string | null>;

/** Commits by first parents at which the gate is red. Commits that differ only in the backlog share one run of it. */
export async function checkGreen(
  shared: GitReader,
  history: readonly MainCommit[],
  gate: Gate,
): Promise<string[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'rota-checker-'));
  const verdicts = new Map<string, string | null>();
  const wrong: string[] = [];
  try {
    for (const [n, { id, tree, subject }] of history.entries()) {
      const key = outsideBacklog(shared, tree) ?? tree;
      if (!verdicts.has(key)) {
        const folder = join(scratch, String(n));
        checkOut(shared, tree, folder, join(scratch, 'index'));
        verdicts.set(key, await gate(folder));
        rmSync(folder, { recursive: true, force: true });
      }
      const red = verdicts.get(key) ?? null;
      if (red !== null) wrong.push(`Main is red at ${id.slice(0, 10)} (${subject}): ${red}.`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return wrong;
}

/**
 * Landings: each task and each run once, merges of the tree that was gated.
 *
 * @param worker address of rota's own commits: a landing that somebody else amended is theirs; null: not told apart
 */
export function checkLandings(
  shared: GitReader,
  readers: readonly GitReader[],
  history: readonly MainCommit[],
  worker: string | null = null,
): string[] {
  const wrong: string[] = [];
  const landings = history.filter(isLanding);
  const last = landings.at(-1);
  const tasks = last === undefined ? new Map() : tasksAt(shared, last.id);
  for (const key of ['Task', 'Run']) {
    const seen = new Map<string, string[]>();
    for (const { id, trailers } of landings)
      for (const value of trailers.get(key)!) seen.set(value, [...(seen.get(value) ?? []), id.slice(0, 10)]);
    for (const [value, ids] of seen)
      if (ids.length > 1 && !(key === 'Task' && tasks.get(value)?.standing))
        wrong.push(`${key} ${value} landed ${ids.length} times: ${ids.join(', ')}.`);
  }
  for (const landing of landings)
    if (worker === null || landing.committer === worker) wrong.push(...checkGated(readers, landing));
  return wrong;
}

function checkGated(readers: readonly GitReader[], { id, tree, trailers, parents }: MainCommit): string[] {
  const short = id.slice(0, 10);
  if (parents.length !== 2) return [`Landing ${short} has ${parents.length} parents instead of 2.`];
  const gated = trailers.get('Gated')![0]!;
  if (gated === tree) return [];
  const at = readers.find((reader) => reader.has(`${gated}^{tree}`));
  if (at === undefined) return [`The tree ${gated.slice(0, 10)} that landing ${short} names is nowhere.`];
  const own = readers.map((reader) => outsideBacklog(reader, tree)).find((text) => text !== null);
  return own === outsideBacklog(at, gated)
    ? []
    : [`Landing ${short} is not the tree that was gated (${gated.slice(0, 10)}).`];
}

/** Paths that landed and must stay: what a landing brought there is at the tip, unless a later landing changed it. */
export function checkStays(shared: GitReader, history: readonly MainCommit[], stays: RegExp): string[] {
  const expected = new Map<string, { blob: string; landing: string }>();
  for (const { id, parents } of history.filter(isLanding)) {
    const text = shared.git('diff-tree', '-r', '-z', '--no-renames', parents[0] ?? id, id);
    const fields = text.split('\0');
    for (let n = 0; n + 1 < fields.length; n += 2) {
      const path = fields[n + 1]!;
      const blob = fields[n]!.split(' ')[3]!;
      if (stays.test(path)) expected.set(path, { blob, landing: id.slice(0, 10) });
    }
  }
  const tip = history.at(-1)!.id;
  const there = new Map(
    shared
      .git('ls-tree', '-r', '-z', tip)
      .split('\0')
      .map((line) => line.split('\t'))
      .map(([facts, path]) => [path ?? '', facts?.split(' ')[2] ?? '']),
  );
  return [...expected]
    .filter(([path, { blob }]) => !/^0+$/.test(blob) && there.get(path) !== blob)
    .map(([path, { landing }]) =>
      there.has(path)
        ? `${path} came with landing ${landing} and is something else on main now.`
        : `${path} came with landing ${landing} and is gone from main.`,
    );
}

function checkOut(shared: GitReader, tree: string, folder: string, index: string): void {
  const env = { GIT_INDEX_FILE: index, GIT_DIR: shared.gitDir, GIT_WORK_TREE: folder };
  rmSync(index, { force: true });
  mkdirSync(folder);
  const done =
    shared.tryGit(['read-tree', tree], { env }) !== null &&
    shared.tryGit(['checkout-index', '-a', '-f', `--prefix=${folder}/`], { env }) !== null;
  if (!done) throw new Error(`the tree ${tree} of ${shared.root} cannot be checked out`);
  rmSync(join(folder, 'backlog'), { recursive: true, force: true });
}
