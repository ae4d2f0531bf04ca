import { join } from 'node:path';
import type { Emit, Outcome, Usage } from '../../events.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { eventLog } from './event-log.ts';

/** What a sweep needs to know about a run after its process is gone; `run.json`. */
export interface RunFacts {
  readonly run: string;
  readonly role: string;
  /** Task id as written. */
  readonly task: string;
  readonly branch: string;
  readonly by: string;
  readonly machine: string;
  readonly pidNamespace: string;
  readonly boot: string;
  readonly pid: number;
  /** Start time of `pid` in the kernel's own ticks. */
  readonly started: string;
  readonly since: string;
  readonly worktree: string | null;
  readonly adminDir: string | null;
  /** Main when the run started. */
  readonly base: string | null;
  /** Process group of the agent while one runs. */
  readonly pgid: number | null;
  /** Of one turn of its agent, in milliseconds; missing: it has no agent. */
  readonly limits?: { readonly time: number; readonly stall: number };
  /** How the run ended; null: it has not, or it died. */
  readonly outcome: Outcome | null;
  /** What its agent used; null: nothing that was counted, or it died. */
  readonly usage?: Usage | null;
  readonly ended: string | null;
}

/** The folder `<gitDir>/rota/runs/<run>/` of one run: prompts, events, outputs, result. */
export interface RunFolder {
  readonly path: string;
  /** Ignored paths that were there before the agent, as provisionWorktree writes them: JSON lines. */
  readonly provisionedFile: string;
  /** `$ROTA_RESULT`. */
  readonly resultFile: string;
  /** A file in the folder. */
  file(name: string): string;
  /** Writes `prompt-<turn>.md` and returns its path. */
  writePrompt(turn: number, text: string): Promise<string>;
  /** Adds to run.json. */
  note(facts: Partial<RunFacts>): Promise<void>;
  /** Also writes every event of this run to `events.jsonl`, in order, without making the sender wait. */
  recording(emit: Emit): Emit;
  /** Resolves when every event so far is written. */
  settled(): Promise<void>;
}

/** Where the folders of runs are. */
export function runsFolder(repository: Repository): string {
  return join(repository.rotaDir, 'runs');
}

/** The list of what was provisioned in a run's worktree. */
export function provisionedFileOf(repository: Repository, run: string): string {
  return join(runsFolder(repository), run, 'provisioned.jsonl');
}

/** Makes the folder of a run with its `run.json`. */
export async function openRunFolder(
  system: System,
  repository: Repository,
  about: Pick<RunFacts, 'run' | 'role' | 'task' | 'branch' | 'limits'>,
): Promise<RunFolder> {
  const { files, machine, clock, environment } = system;
  const path = join(runsFolder(repository), about.run);
  const { id, pidNamespace, boot, pid, started } = machine;
  let facts: RunFacts = {
    ...about,
    ...{
      by: environment.by,
      machine: id,
      pidNamespace,
      boot,
      pid,
      started,
      since: clock.now().toISOString(),
    },
    ...{ worktree: null, adminDir: null, base: null, pgid: null, outcome: null, ended: null },
  };
  let writing: Promise<void> = Promise.resolve();
  const inTurn = (step: () => Promise<void>) => {
    const done = writing.then(step);
    // What fails fails alone: the next note or event gets its own chance.
    writing = done.catch(() => undefined);
    return done;
  };
  const save = () =>
    inTurn(() => files.writeWhole(join(path, 'run.json'), `${JSON.stringify(facts, null, 2)}\n`));

  const events = eventLog(system, join(path, 'events.jsonl'), inTurn);
  await files.makeFolder(path);
  await save();
  return {
    path,
    provisionedFile: provisionedFileOf(repository, about.run),
    resultFile: join(path, 'result.md'),
    file: (name) => join(path, name),
    writePrompt: async (turn, text) => {
      const file = join(path, `prompt-${turn}.md`);
      await files.write(file, text);
      return file;
    },
    note: (more) => {
      facts = { ...facts, ...more };
      return save();
    },
    recording: (emit) => (sent) => {
      emit(sent);
      if (sent.run !== about.run) return;
      events.add(sent);
    },
    settled: () => writing,
  };
}

/** What `run.json` says; null: there is none, or it cannot be read. */
export async function readRunFacts(
  system: System,
  repository: Repository,
  run: string,
): Promise<RunFacts | null> {
  if (!/^[0-9A-Za-z-]{1,64}$/.test(run)) return null;
  const text = (await system.files.readIfThere(join(runsFolder(repository), run, 'run.json')))?.toString(
    'utf8',
  );
  if (text === undefined) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRunFacts(value) && value.run === run ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Notes that a run is over whose own process could not. */
export async function markRunEnded(
  system: System,
  repository: Repository,
  run: string,
  outcome: Outcome,
): Promise<void> {
  const facts = await readRunFacts(system, repository, run);
  if (facts === null || facts.ended !== null) return;
  const ended = { ...facts, outcome, pgid: null, ended: system.clock.now().toISOString() };
  await system.files.writeWhole(
    join(runsFolder(repository), run, 'run.json'),
    `${JSON.stringify(ended, null, 2)}\n`,
  );
}

function isRunFacts(value: unknown): value is RunFacts {
  if (typeof value !== 'object' || value === null) return false;
  const facts = value as Record<string, unknown>;
  const texts = ['run', 'role', 'task', 'branch', 'machine', 'pidNamespace', 'boot', 'started'];
  const maybe = ['worktree', 'adminDir', 'base', 'outcome', 'ended'];
  return (
    texts.every((key) => typeof facts[key] === 'string') &&
    maybe.every((key) => facts[key] === null || typeof facts[key] === 'string') &&
    typeof facts['pid'] === 'number' &&
    (facts['pgid'] === null || typeof facts['pgid'] === 'number') &&
    isLimits(facts['limits'])
  );
}

function isLimits(value: unknown): boolean {
  if (value === undefined) return true;
  const { time, stall } = Object(value) as Record<string, unknown>;
  return typeof time === 'number' && typeof stall === 'number';
}
