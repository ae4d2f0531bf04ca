import { type ChildProcess, spawn } from 'node:child_process';
import { ROTA, type TestRepo } from './repo.ts';
import { until } from './until.ts';

/** A command whose output is read while it runs. */
export interface Live {
  readonly child: ChildProcess;
  /** All that it wrote so far. */
  text(): string;
  /** Resolves when it has written this. */
  said(what: string | RegExp): Promise<void>;
  readonly ended: Promise<number | null>;
}

/** Starts the built command. `columns`: on a terminal of this width (util-linux's `script`). */
export function startLive(
  { root, sandbox }: TestRepo,
  args: readonly string[],
  options: { columns?: number; env?: Record<string, string> } = {},
): Live {
  const { columns, env = {} } = options;
  const line = [process.execPath, ROTA, ...args].map((word) => `'${word}'`).join(' ');
  const argv =
    columns === undefined
      ? [process.execPath, ROTA, ...args]
      : ['script', '-qec', `stty cols ${columns} rows 30; exec ${line}`, '/dev/null'];
  const child = spawn(argv[0]!, argv.slice(1), {
    cwd: root,
    env: { ...sandbox.env, TERM: 'xterm-256color', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (piece) => (text += piece));
  child.stderr.on('data', (piece) => (text += piece));
  const ended = new Promise<number | null>((done) => child.on('close', done));
  return {
    child,
    text: () => text,
    said: async (what) => {
      try {
        await until(() => (typeof what === 'string' ? text.includes(what) : what.test(text)), 'too late');
      } catch {
        throw new Error(`${args.join(' ')} did not say ${what}:\n${text}`);
      }
    },
    ended,
  };
}
