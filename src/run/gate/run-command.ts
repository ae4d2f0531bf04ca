import { supervise } from '../../agent/supervise.ts';
import type { Command } from '../../config.ts';
import { RotaError } from '../../errors.ts';
import type { Wrap } from '../../isolate/none.ts';
import { notStartedInside } from '../../isolate/not-started-inside.ts';
import { firstErrors } from '../../plan/first-errors.ts';
import type { System } from '../../system/ports.ts';
import { plainLines, plainText } from '../../task/text.ts';

export interface CommandRun {
  readonly command: Command;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What isolates it. */
  readonly wrap: Wrap;
  readonly run: string;
  /** Milliseconds. */
  readonly timeLimit: number;
  readonly outputFile: string;
  readonly stop: AbortSignal;
}

export interface CommandEnd {
  readonly kind: 'passed' | 'failed' | 'interrupted';
  readonly seconds: number;
  /** How it ended, in words: `exit 1`, `took longer than its limit of 15 min`. */
  readonly how: string;
  /** Whether its time limit ended it. */
  readonly timedOut: boolean;
  /** The last 100 lines of its output, without control characters. */
  readonly tail: string;
  /** When it failed: the first errors in all of its output (plan/first-errors.ts). */
  readonly errors: readonly string[];
  /** Processes that could not be ended. */
  readonly survivors: readonly number[];
}

/** Why a program cannot be started that its command is to blame for. */
const ANSWERS: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'ENOEXEC', 'E2BIG', 'ENOTDIR', 'ELOOP']);

const TAIL_LINES = 100;
const TAIL_CHARACTERS = 32 * 1024;

/** Runs a command of rota.yaml to its end, with its limits; nothing that it started is alive afterwards. */
export async function runCommand(system: System, spec: CommandRun): Promise<CommandEnd> {
  const { cause, seconds, tail, survivors } = await supervise(system, {
    ...spec.wrap({
      argv: typeof spec.command === 'string' ? ['sh', '-c', spec.command] : spec.command,
      cwd: spec.cwd,
      env: spec.env,
    }),
    run: spec.run,
    timeLimit: spec.timeLimit,
    stallLimit: null,
    outputFile: spec.outputFile,
    stop: spec.stop,
  });
  const end = async (kind: CommandEnd['kind'], how: string): Promise<CommandEnd> => ({
    kind,
    seconds,
    how,
    timedOut: cause.kind === 'timed-out',
    tail: lastLines(tail),
    errors: kind === 'failed' ? await errorsIn(system, spec.outputFile) : [],
    survivors,
  });
  switch (cause.kind) {
    case 'exited':
      if (cause.code === 0) return end('passed', 'exit 0');
      return end('failed', endInWords(spec.command, cause, tail));
    case 'timed-out':
      return end('failed', `took longer than its limit of ${limitInWords(spec.timeLimit)}`);
    case 'missing':
      if (!ANSWERS.has(cause.code)) throw notStarted(spec.command, cause.code);
      return end('failed', missingInWords(spec.command, cause.code));
    case 'interrupted':
      return end('interrupted', 'stopped');
    case 'stalled':
      throw new Error('a command without a stall limit stalled');
    default:
      return cause satisfies never;
  }
}

/** A command on one line, for people. */
export function commandInWords(command: Command): string {
  const text = typeof command === 'string' ? command : command.map(quotedWord).join(' ');
  const line = plainText(text).trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

function quotedWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}

function endInWords(
  command: Command,
  { code, signal }: { readonly code: number | null; readonly signal: string | null },
  tail: string,
): string {
  if (code === null) return `ended by ${signal}`;
  const inside = notStartedInside(tail);
  return inside === null ? exitInWords(code) : missingInWords(command, inside);
}

/** The shell's own codes for a program that it did not find or may not run. */
function exitInWords(code: number): string {
  if (code === 127) return 'exit 127: a program was not found';
  return code === 126 ? 'exit 126: a program is not executable' : `exit ${code}`;
}

/** Too many processes or files, or no memory: no answer about the work. */
function notStarted(command: Command, code: string): RotaError {
  const hint = 'The machine is at a limit (processes, memory, open files): try again with fewer workers.';
  return new RotaError('files', `${commandInWords(command)} could not be started (${code}).`, hint);
}

function missingInWords(command: Command, code: string): string {
  const program = plainText(typeof command === 'string' ? 'sh' : (command[0] ?? ''));
  if (code === 'ENOENT') return `exit 127: ${program} was not found`;
  return code === 'EACCES'
    ? `exit 126: ${program} is not executable`
    : `${program} could not be started (${code})`;
}

function limitInWords(ms: number): string {
  return ms >= 60_000 && ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} s`;
}

/** The log is bounded. What cannot be read again says nothing beside the tail. */
async function errorsIn({ files }: System, log: string): Promise<string[]> {
  try {
    return firstErrors((await files.readIfThere(log))?.toString('utf8') ?? '');
  } catch (error) {
    if (error instanceof RotaError) return [];
    throw error;
  }
}

function lastLines(text: string): string {
  const lines = plainLines(text).trimEnd().split('\n');
  return lines.slice(-TAIL_LINES).join('\n').slice(-TAIL_CHARACTERS);
}
