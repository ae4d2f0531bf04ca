import type { Writable } from 'node:stream';
import { execa } from 'execa';
import type { Processes, ProcessInput, RunningProcess, StartSpec } from './ports.ts';
import { runToEnd } from './run-to-end.ts';

/**
 * The one door to other programs, on execa. Every program leads a session of its own: killing it means its group, and a
 * program that reads from rota ends by end of input when rota dies.
 */
export function realProcesses(): Processes {
  return { run: runToEnd, start };
}

function start(spec: StartSpec): RunningProcess {
  const child = execa(spec.argv[0]!, spec.argv.slice(1), {
    cwd: spec.cwd,
    env: spec.env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stripFinalNewline: false,
    encoding: 'buffer',
    stdio: [spec.input === undefined && !spec.keepInputOpen ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdout?.on('data', (chunk: Buffer) => spec.onOutput(chunk, 'stdout'));
  child.stderr?.on('data', (chunk: Buffer) => spec.onOutput(chunk, 'stderr'));
  // A program that ends without reading its input is no error of ours.
  child.stdin?.on('error', () => undefined);
  if (spec.keepInputOpen) child.stdin?.write(spec.input ?? '');
  else if (spec.input !== undefined) child.stdin?.end(spec.input);
  // The pipes may be held open by orphans long after the leader is gone.
  const ended = new Promise<{ code: number | null; signal: string | null; spawnError: string | null }>(
    (resolve) => {
      child.on('exit', (code: number | null, signal: string | null) =>
        resolve({ code, signal, spawnError: null }),
      );
      child.on('error', (error: NodeJS.ErrnoException) => {
        if (child.pid === undefined)
          resolve({ code: null, signal: null, spawnError: error.code ?? error.message });
      });
      child.then(
        (result) => {
          if (child.pid === undefined) resolve({ code: null, signal: null, spawnError: codeOf(result) });
        },
        () => undefined,
      );
    },
  );
  const outputEnded = new Promise<void>((resolve) => {
    if (child.pid === undefined) resolve();
    child.on('close', () => resolve());
  });
  const input = spec.keepInputOpen ? inputOf(child.stdin) : null;
  return { pid: child.pid ?? null, input, ended, outputEnded };
}

function inputOf(stdin: Writable | null): ProcessInput {
  return {
    write: (data) =>
      new Promise((resolve) => {
        if (stdin === null || !stdin.writable) resolve();
        else stdin.write(data, () => resolve());
      }),
    close: () => void stdin?.end(),
  };
}

function codeOf(result: object): string {
  return 'code' in result && typeof result.code === 'string' ? result.code : 'could not be started';
}
