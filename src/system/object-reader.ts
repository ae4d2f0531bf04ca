import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { RotaError } from '../errors.ts';
import { type ObjectQuestion, objectAnswers } from './object-answers.ts';
import type { GitObject } from './ports.ts';

/** After so many milliseconds without a question the process ends: an agent may work for an hour. */
const IDLE = 2_000;

interface Start {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export type AskObjects = (
  question: ObjectQuestion,
  names: readonly string[],
) => Promise<(GitObject | null)[]>;

/**
 * Asks about objects through one `git cat-file` that stays open between questions: starting a process takes much longer than
 * reading an object. It ends by end of input, also when rota dies, and never keeps rota alive.
 */
export function objectReader(start: Start): AskObjects {
  let open: AskObjects | null = null;

  function together(): AskObjects {
    open ??= openReader(start, (ended) => {
      if (open === ended) open = null;
    });
    return open;
  }

  return async (question, names) => {
    if (names.length === 0) return [];
    // A line break in a name would shift all answers by one.
    const safe = names.map((name) => (/[\n\0]/.test(name) ? 'missing' : name));
    try {
      return await together()(question, safe);
    } catch (error) {
      // Its idle time was over at this very moment, somebody ended it, or an object is damaged: reading again changes nothing. By
      // itself now, so that a damaged object that somebody else asks for fails them alone.
      if (!(error instanceof RotaError)) throw error;
      return openReader(start, () => undefined)(question, safe);
    }
  };
}

interface Asked {
  readonly question: ObjectQuestion;
  readonly count: number;
  readonly found: (GitObject | null)[];
  readonly resolve: (found: (GitObject | null)[]) => void;
  readonly reject: (error: Error) => void;
}

function openReader({ argv, cwd, env }: Start, onEnd: (reader: AskObjects) => void): AskObjects {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  // Where too many files are open there are none, and `error` tells at once.
  const pipes = [child.stdin, child.stdout, child.stderr].filter(Boolean) as unknown as Socket[];
  const waiting: Asked[] = [];
  let said = '';
  let idle: NodeJS.Timeout | undefined;

  const read = objectAnswers(
    () => waiting[0]?.question ?? 'contents',
    (answer) => {
      const asked = waiting[0];
      if (asked === undefined) return;
      asked.found.push(answer);
      if (asked.found.length < asked.count) return;
      waiting.shift();
      asked.resolve(asked.found);
      if (waiting.length === 0) rest();
    },
  );
  function rest(): void {
    child.unref();
    for (const pipe of pipes) pipe.unref();
    idle = setTimeout(() => {
      onEnd(reader);
      child.stdin?.end();
    }, IDLE).unref();
  }
  function end(why: string): void {
    clearTimeout(idle);
    onEnd(reader);
    for (const { reject } of waiting.splice(0)) reject(new RotaError('git', `git cat-file ${why}`));
  }

  child.unref();
  child.stdout?.on('data', read);
  child.stderr?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString('utf8')}`.slice(-4_096)));
  // Why it does not read any more is told by its end.
  child.stdin?.on('error', () => undefined);
  child.on('error', (error: NodeJS.ErrnoException) => end(`could not be started (${error.code})`));
  child.on('close', (code, signal) => end(`ended (${signal ?? code}): ${said.trim()}`));

  const reader: AskObjects = (question, names) =>
    new Promise((resolve, reject) => {
      clearTimeout(idle);
      // Its end too is waited for: the pipes close before it is known.
      child.ref();
      for (const pipe of pipes) pipe.ref();
      waiting.push({ question, count: names.length, found: [], resolve, reject });
      child.stdin?.write(`${names.map((name) => `${question} ${name}\n`).join('')}flush\n`);
    });
  return reader;
}
