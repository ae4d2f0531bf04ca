import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HeldRecord } from '../../plan/record.ts';
import { STREAKS_FILE } from '../../plan/streak.ts';
import { assembleBacklog } from '../../store/backlog/assemble-backlog.ts';
import { type CachedFile, decodeCache, encodeCache } from '../../store/backlog/cache-text.ts';
import { readPlainRepository } from '../../system/plain-repository.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Look } from './look.ts';

/** A look without what changes although no ref moves: who lives, and who rests. */
export type StillLook = Omit<Look, 'liveness' | 'machine' | 'rests'>;

/**
 * What a command that only looks saw last, so that the next one need not read and parse it again while nothing has moved.
 * Disposable, outside the repository, and never read by anything that acts: agents could write it.
 */
export interface LookCache {
  /** The same look again; null: something moved. */
  read(): StillLook | null;
  /** Complete or not at all. That it could not be written is no failure. */
  write(look: StillLook): void;
}

/** Everything that decides what is read: where main can be, and the records. */
const WATCHED = [
  'refs/heads/main',
  'refs/heads/master',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
  'refs/rota/seen',
  'refs/rota/tasks',
  'refs/rota/pause',
];
/** File names have at most 255 bytes. */
const LONGEST = 230;

interface CacheParts {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Of rota: another one may parse differently. */
  readonly version: string;
  readonly now: number;
}

/** The cache as things are now; null where a look is not that simple (see readPlainRepository). */
export function openLookCache(folder: string, { variables, version, now }: CacheParts): LookCache | null {
  const home = variables['HOME'] ?? '/tmp';
  const configHome = variables['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const configs = [join(home, '.gitconfig'), join(configHome, 'git/config'), '/etc/gitconfig'];
  const plain = readPlainRepository(folder, WATCHED, configs);
  if (plain === null) return null;
  const { gitDir, root, refs, state } = plain;
  const name = encodeURIComponent(gitDir);
  if (name.length > LONGEST) return null;
  const looks = join(variables['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'rota', 'looks');
  const path = join(looks, `${name}.json`);
  const seen = readSeenNote(join(gitDir, 'rota/seen.json'));
  const key = JSON.stringify([version, state, seen.of]);
  const ageNow = Number.isNaN(seen.at) ? Number.POSITIVE_INFINITY : Math.max(0, now - seen.at);
  return {
    read: () => {
      // That a role has paused itself, and until when, is for the command as it is.
      if (hasPause(readText(join(gitDir, 'rota', STREAKS_FILE)))) return null;
      const kept = decode(key, readText(path));
      if (kept === null) return null;
      const { snapshot, worktrees } = kept;
      // A cache that was moved along with its repository, or that names another place, is none.
      if (!worktrees.startsWith(`${root}/`)) return null;
      const view = { ...snapshot.view, age: kept.remote ? ageNow : 0 };
      return { ...kept, snapshot: { ...snapshot, view } };
    },
    write: (look) => {
      if (!isWhatRefsSay(look, refs)) return;
      const beside = `${path}.${process.pid}`;
      try {
        makeFolder(looks);
        writeFileSync(beside, `${key}\n${encode(look)}`);
        renameSync(beside, path);
      } catch {
        // A full or read-only disk must not keep anybody from looking.
        removeQuietly(beside);
      }
    },
  };
}

/** Node's own `recursive` never ends below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  mkdirSync(path, { recursive: false });
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Where its folder is no folder, or cannot be written, there is nothing of ours.
  }
}

/**
 * Whether everything in the look comes from refs that are watched, as they were when the key was made. Main under another
 * name, or as a person fetched it, may move unseen.
 */
function isWhatRefsSay({ snapshot, remote }: StillLook, refs: ReadonlyMap<string, string>): boolean {
  const { view, config } = snapshot;
  const own = remote ? 'refs/rota/seen' : 'refs/rota';
  const main = `${remote ? 'refs/rota/seen/heads' : 'refs/heads'}/${config.branch}`;
  // What is left of a budget is known without a ref.
  if (config.budget.length > 0 || snapshot.roles.some(({ budget }) => budget.length > 0)) return false;
  if (!['main', 'master'].includes(config.branch) || !Number.isFinite(view.age)) return false;
  const named: [string, string][] = [...view.tasks].map(([key, oid]) => [`${own}/tasks/${key}`, oid]);
  if (view.pause !== null) named.push([`${own}/pause`, view.pause]);
  return [...named, [main, view.main] as const].every(([name, oid]) => refs.get(name) === oid);
}

type Kept = Pick<Look['snapshot'], 'config' | 'roles' | 'problems' | 'pause'> & {
  readonly main: string;
  readonly pauseToken: string | null;
  readonly records: readonly (readonly [TaskKey, HeldRecord])[];
  readonly edited: readonly TaskKey[];
  readonly landable: readonly TaskKey[];
  readonly worktrees: string;
  readonly remote: boolean;
};

/** Raise it with every change of what is kept. */
const FORM = 4;

/** Two lines: what is small, and the backlog in its own compact form. */
function encode({ snapshot, edited, landable, worktrees, remote }: StillLook): string {
  const { view, config, roles, problems, pause, records, backlog } = snapshot;
  const kept: Kept = {
    ...{ config, roles, problems, pause, worktrees, remote },
    main: view.main,
    pauseToken: view.pause,
    records: [...records],
    edited: [...edited],
    landable: [...landable],
  };
  const files = backlog.files.map((parsed): CachedFile => {
    const path = parsed.kind === 'task' ? parsed.task.file : parsed.file;
    // Lines of keys are for `rota check`, which reads the files themselves.
    return { path, oid: '', parsed: parsed.kind === 'task' ? { kind: 'task', task: parsed.task } : parsed };
  });
  return `${JSON.stringify(kept)}\n${encodeCache(FORM, { tree: '', files })}`;
}

function decode(key: string, text: string): StillLook | null {
  const [first, second, third] = text.split('\n');
  if (first !== key || second === undefined || third === undefined) return null;
  const { main, pauseToken, records, edited, landable, worktrees, remote, ...rest } = JSON.parse(
    second,
  ) as Kept;
  const files = decodeCache(FORM, third)?.files;
  if (files === undefined) return null;
  const tasks = new Map(records.map(([task, { token }]) => [task, token]));
  const backlog = assembleBacklog(
    main,
    files.map(({ parsed }) => parsed),
  );
  const view = { main, tasks, pause: pauseToken, age: 0 };
  return {
    snapshot: { ...rest, view, backlog, records: new Map(records) },
    edited: new Set(edited),
    landable: new Set(landable),
    ...{ worktrees, remote },
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Whether a role may have paused itself (run/streak/streak-store.ts). What cannot be read is no pause there either. */
function hasPause(text: string): boolean {
  try {
    const { roles } = JSON.parse(text || '{}') as { roles?: Record<string, { pause?: unknown } | null> };
    return Object.values(roles ?? {}).some((streak) => (streak?.pause ?? null) !== null);
  } catch {
    return false;
  }
}

/** When the remote was read, and which remote that was (store/refs/seen.ts). */
function readSeenNote(path: string): { of: string; at: number } {
  try {
    const { of, at } = JSON.parse(readText(path)) as { of?: unknown; at?: unknown };
    return { of: typeof of === 'string' ? of : '', at: typeof at === 'string' ? Date.parse(at) : Number.NaN };
  } catch {
    return { of: '', at: Number.NaN };
  }
}
