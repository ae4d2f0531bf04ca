import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { sweepAsides } from '../../src/store/home/asides.ts';
import { replayJournals } from '../../src/store/home/replay.ts';
import type { MoveResult } from '../../src/store/move-main.ts';
import { healTransactions } from '../../src/store/refs/transaction-journal.ts';
import { until } from '../support/until.ts';
import type { Home } from './home.ts';

export interface Killed {
  readonly old: string;
  readonly next: string;
  /** What the move said, if it came to that. */
  readonly result: MoveResult | null;
  /** Path -> the line that a person saved there. */
  readonly saved: ReadonlyMap<string, string>;
}

export interface AfterKill {
  /** Where main was before anything was healed. */
  readonly mainBefore: string;
  /** Files and main were not of one commit then. */
  readonly wasTorn: boolean;
  /** Saves that are held aside and named. */
  readonly aside: number;
  readonly problems: readonly string[];
}

/** Heals twice what a kill left, as sweep does, and then looks at every path with nothing but git and the file system. */
export async function checkAfterKill(home: Home, killed: Killed): Promise<AfterKill> {
  await until(() => gitsIn(home.root).length === 0, 'a git of the killed move does not end');
  const versions = readVersions(home, killed);
  const mainBefore = readMain(home);
  const wasTorn = versions.some(({ path, old, next }) => {
    const now = readPath(home, path);
    return !killed.saved.has(path) && now !== (mainBefore === killed.old ? old : next);
  });
  const said: string[] = killed.result?.kind === 'moved' ? [...killed.result.named] : [];
  for (let sweeps = 0; sweeps < 2; sweeps++) said.push(...(await heal(home)));
  const aside = heldLines(home, said);
  const problems = [
    ...pathProblems(home, killed, versions, aside),
    ...indexProblems(home, killed),
    ...leftProblems(home),
  ];
  const held = [...killed.saved].filter(
    ([path, line]) => !readPath(home, path)?.includes(line) && aside.includes(line),
  );
  return { mainBefore, wasTorn, aside: held.length, problems };
}

async function heal({ system, repository }: Home): Promise<string[]> {
  const said: string[] = [];
  for (const step of [healTransactions, replayJournals, sweepAsides])
    said.push(...(await step(system, repository)));
  return said;
}

interface Version {
  readonly path: string;
  readonly old: string | null;
  readonly next: string | null;
}

function readVersions(home: Home, { old, next }: Killed): Version[] {
  const [before, after] = [readTree(home, old), readTree(home, next)];
  return [...new Set([...before.keys(), ...after.keys()])].map((path) => ({
    path,
    old: before.get(path) ?? null,
    next: after.get(path) ?? null,
  }));
}

function readTree(home: Home, commit: string): Map<string, string> {
  const lines = home.git(['ls-tree', '-r', commit]).split('\n');
  const entries = lines.map((line) => /^(\d+) blob (\w+)\t(.*)$/.exec(line)!.slice(1) as string[]);
  const blobs = home.git(['cat-file', '--batch=%(objectsize)'], {
    input: entries.map(([, oid]) => `${oid}\n`).join(''),
  });
  let rest = `${blobs}\n`;
  return new Map(
    entries.map(([mode, , path]) => {
      const start = rest.indexOf('\n') + 1;
      const size = Number(rest.slice(0, start));
      const text = rest.slice(start, start + size);
      rest = rest.slice(start + size + 1);
      return [path!, mode === '120000' ? `-> ${text.trimEnd()}` : `${text.trimEnd()}\n`];
    }),
  );
}

/** A file's text; of a link its target; null: nothing, or a folder. */
function readPath({ root }: Home, path: string): string | null {
  const full = join(root, path);
  try {
    return `-> ${readlinkSync(full)}`;
  } catch {
    // No link.
  }
  try {
    return readFileSync(full, 'utf8');
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Main is at one of the two; each path is as there; a saved one is the person's, in place, or held aside and named. */
function pathProblems(home: Home, killed: Killed, versions: readonly Version[], aside: string): string[] {
  const main = readMain(home);
  if (main !== killed.old && main !== killed.next) return [`main is at ${main}`];
  return versions.flatMap(({ path, old, next }) => {
    const now = readPath(home, path);
    const line = killed.saved.get(path);
    if (line !== undefined) {
      if (now?.includes(line) || aside.includes(line)) {
        return now === old || now === next || now?.includes(line)
          ? []
          : [`${path} is ${JSON.stringify(now)}`];
      }
      return [`the save to ${path} is lost; there is ${JSON.stringify(now)}`];
    }
    const due = main === killed.old ? old : next;
    return now === due ? [] : [`${path} is ${JSON.stringify(now)} instead of ${JSON.stringify(due)}`];
  });
}

/** The index is main's; files differ from it only where a person saved. */
function indexProblems(home: Home, { saved }: Killed): string[] {
  const staged = home.git(['diff-index', '--cached', '--name-only', 'HEAD']);
  const mine = (path: string) => saved.has(path) || path.endsWith('~');
  const dirty = home.git(['diff-files', '--name-only']).split('\n');
  const untracked = home.git(['ls-files', '--others', '--exclude-standard']).split('\n');
  return [
    ...(staged === '' ? [] : [`staged: ${staged}`]),
    ...dirty.filter((path) => path !== '' && !mine(path)).map((path) => `${path} differs from the index`),
    ...untracked.filter((path) => path !== '' && !mine(path)).map((path) => `${path} is untracked`),
  ];
}

function leftProblems({ root }: Home): string[] {
  const git = join(root, '.git');
  const locks = readdirSync(git, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.lock'),
  );
  const journals = join(git, 'rota/journal');
  const left = existsSync(journals) ? readdirSync(journals) : [];
  // A journal that was only half written goes after an hour: nothing had begun.
  const whole = left.filter((name) => !name.startsWith('.'));
  return [...locks, ...whole].map((name) => `${name} is left`);
}

function heldLines({ root }: Home, said: readonly string[]): string {
  const folder = join(root, '.git/rota-aside');
  if (!existsSync(folder)) return '';
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\/old\/\d+$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => said.some((sentence) => sentence.includes(path)))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}

function readMain(home: Home): string {
  return home.git(['rev-parse', 'refs/heads/main']);
}

/** Git processes that work in the repository. */
function gitsIn(root: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      if (!readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('git')) return false;
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(root);
    } catch {
      return false;
    }
  });
}
