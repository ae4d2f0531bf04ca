import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moveMainLocally } from '../../src/store/home/move-main-locally.ts';
import type { Home } from './home.ts';

/** What became of one try to land. */
export interface Landed {
  readonly kind: 'landed' | 'waits' | 'stale';
  /** What the lander said about a person's files. */
  readonly said: readonly string[];
}

export interface Landing {
  readonly number: number;
  readonly old: string;
  readonly new: string;
}

/** One way to bring main, checked out at home, from `old` to `new`. */
export type Lander = (home: Home, landing: Landing) => Promise<Landed>;

/** Rota's own. */
export const rota: Lander = async ({ system, repository }, landing) => {
  const move = moveMainLocally(system, repository, { branch: 'main', isOwn: () => false });
  const { old, new: next } = landing;
  const result = await move({ run: `LANDING-${landing.number}`, old, new: next, refs: [] });
  switch (result.kind) {
    case 'moved':
      return { kind: 'landed', said: result.named };
    case 'stale':
      return { kind: 'stale', said: [] };
    case 'in-the-way':
      return { kind: 'waits', said: [result.reason] };
    case 'unreachable':
      throw new Error(result.reason);
    default:
      return result satisfies never;
  }
};

/** What one would type: `git merge --ff-only`. */
export const fastForward: Lander = ({ root, env }, landing) =>
  new Promise((done) => {
    execFile('git', ['merge', '-q', '--ff-only', landing.new], { cwd: root, env }, (error, _out, stderr) => {
      if (error === null) done({ kind: 'landed', said: [] });
      else if (/fast-forward/.test(stderr)) done({ kind: 'stale', said: [] });
      else done({ kind: 'waits', said: [stderr.trim()] });
    });
  });

/** A commit on top of main that changes the first line of each of these files, made without any checkout. */
export function nextLanding(home: Home, number: number, files: readonly string[]): Landing {
  const old = home.git(['rev-parse', 'refs/heads/main']);
  const folder = mkdtempSync(join(tmpdir(), 'rota-landing-'));
  const env = { GIT_INDEX_FILE: join(folder, 'index') };
  try {
    const entries = readEntries(home, old, files);
    for (const [at, { text }] of entries.entries())
      writeFileSync(join(folder, `${at}`), `${firstLine(number)}\n${text.slice(text.indexOf('\n') + 1)}`);
    const oids = home.git(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
      input: entries.map((_, at) => `${join(folder, `${at}`)}\n`).join(''),
    });
    const lines = oids.split('\n').map((oid, at) => `${entries[at]!.mode} ${oid}\t${entries[at]!.path}\n`);
    home.git(['read-tree', old], { env });
    home.git(['update-index', '--index-info'], { env, input: lines.join('') });
    const tree = home.git(['write-tree'], { env });
    return { number, old, new: home.git(['commit-tree', '-p', old, '-m', firstLine(number), tree]) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readEntries(home: Home, commit: string, files: readonly string[]) {
  const listed = home.git(['ls-tree', commit, '--', ...files]).split('\n');
  const entries = listed.map((line) => /^(\d+) blob (\w+)\t(.*)$/.exec(line)!.slice(1) as string[]);
  let rest = home.git(['cat-file', '--batch'], { input: entries.map(([, oid]) => `${oid}\n`).join('') });
  return entries.map(([mode, , path]) => {
    const start = rest.indexOf('\n') + 1;
    const size = Number(rest.slice(0, start).trim().split(' ')[2]);
    // All of it is ASCII; of the last one the final line break was cut off.
    const text = `${rest.slice(start, start + size).replace(/\n$/, '')}\n`;
    rest = rest.slice(start + size + 1);
    return { mode: mode!, path: path!, text };
  });
}

/** What each file of a landing begins with. */
export function firstLine(number: number): string {
  return `landing ${number}`;
}
