import { join } from 'node:path';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import type { SweepList } from './sweep-report.ts';

/** One thing that a sweep of this repository did or left, as it is remembered on this machine. */
export interface SweepLine {
  readonly at: string;
  /** Whose sweep. */
  readonly by: string;
  readonly action: SweepList | 'healed';
  readonly task: string | null;
  readonly run: string | null;
  readonly branch: string | null;
  readonly worktree: string | null;
  readonly rescue: string | null;
  readonly reason: string;
}

/** What sweeps of this machine did; `noted` resolves when every line so far is written. */
export interface SweepLog {
  note(line: Omit<SweepLine, 'at' | 'by'>): void;
  noted(): Promise<void>;
}

/** Beyond this the file becomes the older one, whose predecessor goes: some thousand lines are always there. */
const MOST_BYTES = 1024 ** 2;
const NAME = 'sweeps.jsonl';
const OLDER = 'sweeps.1.jsonl';

/** What stays as it is says so in every sweep: once in this time, in milliseconds, is enough. */
const REPEATED = 24 * 60 * 60_000;

/**
 * The append-only log of what sweeps did and why, for `rota why`. What was kept, or healed in the same words, is not repeated
 * within a day. A line that cannot be written (a full disk) stops no sweep.
 */
export function openSweepLog({ system, repository }: Place, most = MOST_BYTES): SweepLog {
  const { files, clock, environment } = system;
  const path = join(repository.rotaDir, NAME);
  let known: Map<string, number> | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (line: SweepLine) => {
    await files.makeFolder(repository.rotaDir);
    if (line.action === 'kept' || line.action === 'healed') {
      known ??= lastTimes((await readSweepLog({ system, repository })).lines);
      const [same, now] = [sameness(line), Date.parse(line.at)];
      if (Math.abs(now - (known.get(same) ?? Number.NEGATIVE_INFINITY)) < REPEATED) return;
      known.set(same, now);
    }
    if (((await files.facts(path))?.size ?? 0) > most)
      await files.rename(path, join(repository.rotaDir, OLDER));
    await files.append(path, `${JSON.stringify(line)}\n`);
  };
  return {
    note: (line) => {
      const whole = { at: clock.now().toISOString(), by: environment.by, ...line };
      writing = writing.then(() => write(whole)).catch(() => undefined);
    },
    noted: () => writing,
  };
}

/** Every line that is still there, oldest first. `damaged`: lines that cannot be read. */
export async function readSweepLog({
  system,
  repository,
}: Place): Promise<{ lines: SweepLine[]; damaged: number }> {
  const lines: SweepLine[] = [];
  let damaged = 0;
  for (const name of [OLDER, NAME]) {
    const path = join(repository.rotaDir, name);
    const text = (await system.files.readIfThere(path))?.toString('utf8') ?? '';
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const read = parseLine(line);
      if (read === null) damaged += 1;
      else lines.push(read);
    }
  }
  return { lines, damaged };
}

type Place = { readonly system: System; readonly repository: Repository };

function lastTimes(lines: readonly SweepLine[]): Map<string, number> {
  return new Map(lines.map((line) => [sameness(line), Date.parse(line.at)]));
}

function sameness({ action, task, worktree, reason }: SweepLine): string {
  return JSON.stringify([action, task, worktree, reason]);
}

function parseLine(text: string): SweepLine | null {
  try {
    const value: unknown = JSON.parse(text);
    return isLine(value) ? value : null;
  } catch {
    return null;
  }
}

function isLine(value: unknown): value is SweepLine {
  if (typeof value !== 'object' || value === null) return false;
  const line = value as Record<string, unknown>;
  const maybe = ['task', 'run', 'branch', 'worktree', 'rescue'];
  return (
    ['at', 'by', 'action', 'reason'].every((key) => typeof line[key] === 'string') &&
    !Number.isNaN(Date.parse(line['at'] as string)) &&
    maybe.every((key) => line[key] === null || typeof line[key] === 'string')
  );
}
