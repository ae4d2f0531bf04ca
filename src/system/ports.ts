/**
 * The doors to the outside. Everything above `system` reaches time, randomness, processes, files and git through these
 * interfaces only, so that a test can fail or kill any call.
 */
export interface System {
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: Processes;
  readonly processTable: ProcessTable;
  readonly files: Files;
  readonly git: GitDoor;
  readonly machine: Machine;
  readonly environment: Environment;
}

export interface Clock {
  /** Wall clock: only for what people read, never for correctness. */
  now(): Date;
  /** Milliseconds on a clock that never goes back. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal fires. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** A new sortable id (ULID: 26 characters). */
  id(): string;
  /** In [0, 1). */
  fraction(): number;
}

export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** For a person: `user@host`. */
  readonly by: string;
}

/** Facts about this machine and process that prove life or death of a lock's holder (docs/protocols.md). */
export interface Machine {
  readonly id: string;
  readonly host: string;
  readonly boot: string;
  readonly pidNamespace: string;
  readonly pid: number;
  readonly started: string;
}

export interface ProcessSpec {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The complete environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Milliseconds; then the process group is killed and `timedOut` is true. */
  readonly timeLimit?: number;
  /** Bytes of stdout for `run`; at more the process group is killed, and stdout is cut to exactly this. */
  readonly mostOutput?: number;
}

export interface ProcessResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** `ENOENT`, `EACCES`… when the program could not be started; then code is null. */
  readonly spawnError: string | null;
}

export interface StartSpec extends ProcessSpec {
  /**
   * Called with each piece of stdout and stderr, in order of arrival. `shown`: what may be kept of it, where that is less
   * (agent/masked-system.ts).
   */
  readonly onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr', shown?: Buffer) => void;
  /** stdin stays open after `input`, for RunningProcess.input. */
  readonly keepInputOpen?: boolean;
}

/** The stdin of a program that is talked to. */
export interface ProcessInput {
  /** Resolves when the pipe has taken it. What a program does not take any more is dropped. Never rejects. */
  write(data: string | Uint8Array): Promise<void>;
  close(): void;
}

export interface RunningProcess {
  /** null: could not be started. Also its process group (it leads a session of its own). */
  readonly pid: number | null;
  /** Null unless `keepInputOpen`. */
  readonly input: ProcessInput | null;
  /** Resolves when the leader has exited; never rejects. Output pipes held open by orphans do not delay it. */
  readonly ended: Promise<{ code: number | null; signal: string | null; spawnError: string | null }>;
  /** Resolves when nothing more can arrive at onOutput; never if an orphan keeps a pipe open. */
  readonly outputEnded: Promise<void>;
}

export interface Processes {
  /** Runs to the end in a session of its own and collects the output. Never rejects for a failing program. */
  run(spec: ProcessSpec): Promise<ProcessResult>;
  /** Starts a long-running program in a session of its own. stdin is closed after `input`, unless it is kept open. */
  start(spec: StartSpec): RunningProcess;
}

export type ProcessFacts =
  | { readonly kind: 'gone' }
  | { readonly kind: 'alive'; readonly started: string }
  | { readonly kind: 'unreadable' };

export interface ProcessTable {
  facts(pid: number): Promise<ProcessFacts>;
  /** Pids of this user whose environment's ROTA_RUN (a colon list) names the run; without this process. */
  ofRun(run: string): Promise<number[]>;
  /** Every run that the ROTA_RUN of some live process of this user names; without this process. One look for all. */
  runs(): Promise<ReadonlySet<string>>;
  /** Sends a signal; a process that is gone is fine. `group`: the whole process group. */
  signal(pid: number, signal: NodeJS.Signals, group: boolean): void;
}

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly mtimeMs: number;
  /** Of the last change of anything about it: nobody but the system sets it. */
  readonly ctimeMs: number;
  readonly ino: number;
  readonly dev: number;
}

/**
 * Files. ENOENT, EEXIST, ENOTDIR, EXDEV and the like reach the caller as they are (they are answers); a full disk, a read-only
 * or forbidden folder is RotaError `files`.
 */
export interface Files {
  read(path: string): Promise<Buffer>;
  /**
   * A file below `root` (a real path), by its path from there, although somebody else may change everything below meanwhile: no link
   * is followed. ELOOP or ENOTDIR for a link on the way, EISDIR for what is no plain file, EFBIG over `most` bytes.
   */
  readBelow(root: string, path: string, most: number): Promise<Buffer>;
  /** Writes in the same way; makes folders on the way. */
  writeBelow(root: string, path: string, data: string | Uint8Array): Promise<void>;
  /** null when there is no such file. */
  readIfThere(path: string): Promise<Buffer | null>;
  /**
   * A part of a plain file, at most `most` bytes from `from` on, with the size of all of it; null when there is none. Follows
   * no link, and never waits for the other end of a pipe.
   */
  readPart(path: string, from: number, most: number): Promise<{ size: number; data: Buffer } | null>;
  /** Names, unsorted; empty when there is no such folder. */
  list(path: string): Promise<{ name: string; kind: FileFacts['kind'] }[]>;
  /** Does not follow links; null when there is nothing. */
  facts(path: string): Promise<FileFacts | null>;
  readLink(path: string): Promise<string>;
  realPath(path: string): Promise<string>;
  write(
    path: string,
    data: string | Uint8Array,
    options?: { mode?: number; exclusive?: boolean },
  ): Promise<void>;
  /** Complete or not at all: a new file beside it, then a rename; flushed to disk. */
  writeWhole(path: string, data: string | Uint8Array): Promise<void>;
  append(path: string, data: string | Uint8Array): Promise<void>;
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  link(from: string, to: string): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  /** Reflink where the file system can, else a copy; never a link. Fails when `to` exists. */
  copyFile(from: string, to: string): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** Only an empty folder. */
  removeFolder(path: string): Promise<void>;
  /** A folder of rota's own with everything in it; nothing there is fine. Does not follow links. */
  removeTree(path: string): Promise<void>;
  /** What still fits where the folder is; `files` null: the file system does not count them. */
  room(folder: string): Promise<{ bytes: number; files: number | null }>;
  /** A fresh folder below the system's temporary folder. */
  temporaryFolder(prefix: string): Promise<string>;
}

/** Where a git call happens. Never the current folder's repository by accident. */
export type GitPlace =
  /** The person's repository: refs, reflogs, worktree administration. */
  | { readonly kind: 'repository'; readonly gitDir: string }
  /** A checkout of the repository, seen with its own git dir and index. */
  | { readonly kind: 'checkout'; readonly gitDir: string; readonly workTree: string }
  /**
   * An empty bare directory of rota's own with the repository's objects: no config, attribute, driver, filter, hook or
   * replace ref of anybody takes part. `workTree` and `index` for checkouts and commits by plumbing.
   */
  | {
      readonly kind: 'neutral';
      readonly gitDir: string;
      readonly objects: string;
      readonly workTree?: string;
      readonly index?: string;
    };

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** Exit codes that are answers; default [0]. Another one throws RotaError `git`. */
  readonly ok?: readonly number[];
  /** Added to the scrubbed environment, e.g. identity. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeLimit?: number;
}

export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitObject {
  readonly oid: string;
  /** `commit`, `tree`, `blob` or `tag`. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** Empty where only `info` was asked for. */
  readonly content: Buffer;
}

/** The one way to git: explicit directories, safe flags, scrubbed environment, a session of its own. */
export interface GitDoor {
  run(place: GitPlace, args: readonly string[], options?: GitOptions): Promise<GitOutput>;
  /** stdout as text without the last line break. */
  text(place: GitPlace, args: readonly string[], options?: GitOptions): Promise<string>;
  /**
   * Objects by anything that names one (`<oid>`, `<commit>:<path>`, a full ref; an index would be an old one), from one
   * process that stays open for a while; one entry for
   * each name, in order, null where there is no such object. `info`: without their content.
   */
  objects(
    place: GitPlace,
    question: 'contents' | 'info',
    names: readonly string[],
  ): Promise<(GitObject | null)[]>;
}
