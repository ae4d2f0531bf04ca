import type { ProcessInput, RunningProcess, System } from '../system/ports.ts';
import { type CappedLog, openCappedLog } from './capped-log.ts';
import { killTree } from './kill-tree.ts';
import { newestChange } from './newest-change.ts';

/** One program that somebody else wrote, and its limits. */
export interface SupervisedSpec {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Complete; must have `run` in its ROTA_RUN. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
  /** What is said on its stdin while it runs; without it stdin is closed. */
  readonly talk?: Talk | undefined;
  readonly run: string;
  /** Milliseconds. */
  readonly timeLimit: number;
  /** Milliseconds without output and without a change to a file below `cwd`; null: no such limit. */
  readonly stallLimit: number | null;
  /** Where its output goes, bounded (capped-log.ts). Replaced when it is there. */
  readonly outputFile: string;
  /** Each piece of it as it arrives, for who understands it. Must not throw. */
  readonly onOutput?: ((chunk: Buffer, stream: 'stdout' | 'stderr') => void) | undefined;
  readonly stop: AbortSignal;
  /** Called with the pid, which is also the process group. The program runs meanwhile; if it fails the program is ended. */
  readonly onStarted?: ((pid: number) => void | Promise<void>) | undefined;
}

/** A talk with a program that answers on its stdout. Neither function may reject. */
export interface Talk {
  /** Resolves when everything was said and answered: that counts as exit 0, whatever the program does then. */
  begin(program: TalkedTo): Promise<void>;
  /** Before the program's processes are ended, always: from here on nothing may be started. A last word, if it still listens. */
  leave(): Promise<void>;
}

export interface TalkedTo extends ProcessInput {
  /** Adds to the log of its output. */
  note(line: string): void;
  /** There is a sign of life beside its output. */
  alive(): void;
}

export type SupervisedCause =
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'stalled' }
  /** Could not be started: `ENOENT`, `EACCES`… */
  | { readonly kind: 'missing'; readonly code: string }
  | { readonly kind: 'interrupted' };

export interface SupervisedEnd {
  readonly cause: SupervisedCause;
  readonly seconds: number;
  /** The end of its output, at most 64 KiB, as it was written: may hold control characters. */
  readonly tail: string;
  /** Processes that could not be ended. */
  readonly survivors: readonly number[];
}

/** The longest wait that a timer can do. */
const LONGEST = 2 ** 31 - 1;
/** Once the tree is dead the pipes close; a process out of our reach may hold them, so not for ever. */
const DRAIN = 1_000;
/** For a last word, and then for a program that was told that nothing more comes. */
const LEAVE = 3_000;

/**
 * Runs a program in a session of its own until it exits, reaches a limit or is stopped. In every case, also when this
 * function throws, nothing that it started is alive afterwards (kill-tree.ts).
 *
 * @throws RotaError `files` when its output cannot be written
 */
export async function supervise(system: System, spec: SupervisedSpec): Promise<SupervisedEnd> {
  const { clock } = system;
  const started = clock.monotonic();
  const log = await openCappedLog(system.files, spec.outputFile);
  const end = (cause: SupervisedCause, survivors: readonly number[]): SupervisedEnd => ({
    cause,
    seconds: Math.round(clock.monotonic() - started) / 1000,
    tail: log.tail(),
    survivors,
  });
  if (spec.stop.aborted) return end({ kind: 'interrupted' }, []);
  return watched(system, spec, log, end);
}

async function watched(
  system: System,
  spec: SupervisedSpec,
  log: CappedLog,
  end: (cause: SupervisedCause, survivors: readonly number[]) => SupervisedEnd,
): Promise<SupervisedEnd> {
  const { clock } = system;
  let lastOutput = clock.monotonic();
  const running = system.processes.start({
    argv: spec.argv,
    cwd: spec.cwd,
    env: spec.env,
    ...(spec.input === undefined ? {} : { input: spec.input }),
    keepInputOpen: spec.talk !== undefined,
    onOutput: (chunk, stream, shown = chunk) => {
      lastOutput = clock.monotonic();
      log.add(shown);
      spec.onOutput?.(chunk, stream);
    },
  });
  const over = new AbortController();
  let survivors: readonly number[] = [];
  let cause: SupervisedCause;
  try {
    if (running.pid !== null) await spec.onStarted?.(running.pid);
    cause = await Promise.race([
      running.ended.then(causeOf),
      talked(spec, running, {
        note: (line) => log.add(Buffer.from(`${line}\n`)),
        alive: () => {
          lastOutput = clock.monotonic();
        },
      }),
      clock.wait(Math.min(spec.timeLimit, LONGEST), over.signal).then(() => ({ kind: 'timed-out' }) as const),
      aborted(spec.stop, over.signal),
      stalled(system, spec, () => lastOutput, over.signal),
    ]);
  } finally {
    over.abort();
    if (spec.talk !== undefined) await takeLeave(system, spec.talk, running);
    if (running.pid !== null) survivors = await killTree(system, { group: running.pid, run: spec.run });
    const drained = new AbortController();
    await Promise.race([running.outputEnded, clock.wait(DRAIN, drained.signal)]);
    drained.abort();
    await log.close();
  }
  return end(cause, survivors);
}

function causeOf(exit: {
  code: number | null;
  signal: string | null;
  spawnError: string | null;
}): SupervisedCause {
  if (exit.spawnError !== null) return { kind: 'missing', code: exit.spawnError };
  return { kind: 'exited', code: exit.code, signal: exit.signal };
}

async function talked(
  { talk }: SupervisedSpec,
  { input }: RunningProcess,
  more: Pick<TalkedTo, 'note' | 'alive'>,
): Promise<SupervisedCause> {
  if (talk === undefined || input === null) return new Promise(() => undefined);
  await talk.begin({ ...input, ...more });
  return { kind: 'exited', code: 0, signal: null };
}

/** In order, as far as it goes along: a last word, the end of its input, time to end by itself. */
async function takeLeave({ clock }: System, talk: Talk, { input, ended }: RunningProcess): Promise<void> {
  const waited = new AbortController();
  const patience = () => clock.wait(LEAVE, waited.signal);
  await Promise.race([talk.leave(), ended, patience()]);
  input?.close();
  await Promise.race([ended, patience()]);
  waited.abort();
}

function aborted(stop: AbortSignal, over: AbortSignal): Promise<SupervisedCause> {
  return new Promise((resolve) => {
    const settle = () => resolve({ kind: 'interrupted' });
    if (stop.aborted) settle();
    stop.addEventListener('abort', settle, { once: true, signal: over });
  });
}

/** Looks at files only when the limit is reached without output: a scan of the worktree is not free. */
async function stalled(
  system: System,
  spec: SupervisedSpec,
  lastOutput: () => number,
  over: AbortSignal,
): Promise<SupervisedCause> {
  const { clock, files } = system;
  const limit = Math.min(spec.stallLimit ?? LONGEST, LONGEST);
  let lastSign = lastOutput();
  while (!over.aborted) {
    // A sum of fractions may be a little more than the limit, and a timer that cannot wait so long does not wait at all.
    await clock.wait(Math.min(limit, Math.max(lastSign + limit - clock.monotonic(), 1)), over);
    lastSign = Math.max(lastSign, lastOutput());
    if (over.aborted || clock.monotonic() - lastSign < limit) continue;
    if (spec.stallLimit === null) continue;
    // Modification times are wall clock: only their age counts, and one in the future is no sign of life.
    const age = clock.now().getTime() - (await newestChange(files, spec.cwd));
    if (age >= 0 && age < limit) lastSign = Math.max(clock.monotonic() - age, lastOutput());
    else if (clock.monotonic() - lastOutput() >= limit) return { kind: 'stalled' };
  }
  return new Promise(() => undefined);
}
