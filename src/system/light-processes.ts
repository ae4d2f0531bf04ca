import { spawn } from 'node:child_process';
import type { Processes, ProcessResult, ProcessSpec } from './ports.ts';

/**
 * The same door for commands that only look: they run a few short git calls, and loading execa would take longer than
 * those. Starting long-running programs is not for them.
 */
export function lightProcesses(): Processes {
  return {
    run,
    start: () => {
      throw new Error('a command that only looks starts no agent');
    },
  };
}

function run({ argv, cwd, env, input, timeLimit }: ProcessSpec): Promise<ProcessResult> {
  return new Promise((resolve) => {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let timedOut = false;
    const timer =
      timeLimit === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
          }, timeLimit);
    const end = (code: number | null, signal: string | null, spawnError: string | null) => {
      clearTimeout(timer);
      const stdout = out.length === 1 ? out[0]! : Buffer.concat(out);
      resolve({ code, signal, spawnError, timedOut, stdout, stderr: Buffer.concat(err).toString('utf8') });
    };
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // A program that ends without reading its input is no error of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) end(null, null, error.code ?? error.message);
    });
    child.on('close', (code, signal) => end(code, signal, null));
  });
}
