import { resolve } from 'node:path';
import type { Options } from '../command-spec.ts';
import { makeOutput, type Output } from '../output.ts';
import type { Look } from './look.ts';
import { openLookCache, type StillLook } from './look-cache.ts';
import { noteAge } from './note-age.ts';
import { sayNext } from './say-next.ts';
import { readFilters, sayTasks } from './say-tasks.ts';

interface QuickCommand {
  readonly flags: readonly string[];
  readonly values: readonly string[];
  /** How many words it takes beside its name. */
  readonly words: number;
  readonly say: (output: Output, look: Look, words: readonly string[], options: Options) => void;
}

/** The commands that people wait for most, with the options that need nothing but the last look. */
const QUICK: Readonly<Record<string, QuickCommand>> = {
  list: {
    flags: ['json'],
    values: ['status', 'type', 'role'],
    words: 0,
    say: (output, look, _words, options) => sayTasks(output, look, readFilters(options)),
  },
  next: {
    flags: ['json', 'explain'],
    values: [],
    words: 1,
    say: (output, look, [role = ''], options) => sayNext(output, look, { role, now: new Date() }, options),
  },
};

/**
 * Answers a plain `rota list` or `rota next` from what was seen last, if nothing has moved since: without git, and with a
 * tenth of the code. False: nothing was said, and the command has to run as usual. That is so for everything unusual, every
 * failure included, so that there is one place that words it.
 */
export async function quickLook(args: readonly string[], version: string): Promise<boolean> {
  try {
    const parsed = parse(args);
    if (parsed === null) return false;
    const variables = process.env;
    const folder = resolve(process.cwd());
    const still = openLookCache(folder, { variables, version, now: Date.now() })?.read() ?? null;
    if (still === null) return false;
    const said = { stdout: '', stderr: '' };
    const collect = (name: 'stdout' | 'stderr') => ({
      isTTY: process[name].isTTY,
      columns: process[name].columns,
      write: (text: string) => (said[name] += text),
    });
    const json = parsed.options['json'] === true;
    const output = makeOutput({ stdout: collect('stdout'), stderr: collect('stderr'), variables, json });
    const look = await withLiveness(still);
    if (look.remote) noteAge(output, look.snapshot.view.age);
    parsed.command.say(output, look, parsed.words, parsed.options);
    for (const name of ['stdout', 'stderr'] as const) write(process[name], said[name]);
    return true;
  } catch {
    return false;
  }
}

/** Who lives is asked every time; without locks there is nobody to ask about, and nothing to load for it. */
async function withLiveness(still: StillLook): Promise<Look> {
  const { records } = still.snapshot;
  // Where a role may rest nothing is kept (look-cache.ts).
  const rests = new Map();
  const locked = [...records.values()].some(({ record }) => record !== null && record.lock !== null);
  if (!locked) return { ...still, rests, liveness: new Map(), machine: '' };
  const { hereAndNow } = await import('./here-and-now.ts');
  return { ...still, rests, ...(await hereAndNow(records)) };
}

function parse(
  args: readonly string[],
): { command: QuickCommand; words: string[]; options: Record<string, unknown> } | null {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(QUICK, name) ? QUICK[name] : undefined;
  if (command === undefined) return null;
  const words: string[] = [];
  const options: Record<string, unknown> = {};
  for (let at = 0; at < rest.length; at++) {
    const arg = rest[at]!;
    const [, option = '', value] = /^--([a-z]+)(?:=(.+))?$/s.exec(arg) ?? [];
    if (command.flags.includes(option) && value === undefined) options[option] = true;
    else if (command.values.includes(option)) {
      const given = value ?? rest[++at];
      if (given === undefined || given === '' || given.startsWith('-')) return null;
      options[option] = [...((options[option] as string[] | undefined) ?? []), given];
    } else if (arg === '' || arg.startsWith('-')) return null;
    else words.push(arg);
  }
  return words.length === command.words ? { command, words, options } : null;
}

function write(stream: NodeJS.WriteStream, text: string): void {
  if (text === '') return;
  // `rota list | head` closes the pipe early.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  stream.write(text);
}
