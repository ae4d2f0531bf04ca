import { spawn } from 'node:child_process';
import { killGroup } from './kill-group.ts';
import type { ProcessResult, ProcessSpec } from './ports.ts';

/** How long a program that has ended may still be heard, in milliseconds, while something of its holds its pipes open. */
const SILENCE = 1_000;

/**
 * Runs a program to its end in a session of its own and collects what it prints. Plain node: what rota runs most is git, for
 * milliseconds, and a library around it would take as long again.
 */
export function runToEnd({
  argv,
  cwd,
  env,
  input,
  timeLimit,
  mostOutput,
}: ProcessSpec): Promise<ProcessResult> {
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
            killGroup(child.pid ?? null);
          }, timeLimit);
    let orphaned: NodeJS.Timeout | undefined;
    const end = (code: number | null, signal: string | null, spawnError: string | null) => {
      clearTimeout(timer);
      clearTimeout(orphaned);
      const stdout = out.length === 1 ? out[0]! : Buffer.concat(out);
      resolve({ code, signal, spawnError, timedOut, stdout, stderr: Buffer.concat(err).toString('utf8') });
    };
    let arrived = 0;
    let room = mostOutput ?? Number.POSITIVE_INFINITY;
    child.stdout?.on('data', (chunk: Buffer) => {
      arrived += chunk.length;
      if (chunk.length > room) killGroup(child.pid ?? null);
      if (room > 0) out.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      room = Math.max(0, room - chunk.length);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      arrived += chunk.length;
      err.push(chunk);
    });
    // A program that ends without reading its input is no error of ours.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) end(null, null, error.code ?? error.message);
    });
    // The pipes close when everybody has let go of them, and a helper that was left behind may never do that.
    const endWhenSilent = (code: number | null, signal: string | null, before: number) => {
      orphaned = setTimeout(() => {
        // A busy process may look at the clock before it looks at its pipes.
        setImmediate(() => {
          if (arrived > before && !timedOut) return endWhenSilent(code, signal, arrived);
          child.stdout?.destroy();
          child.stderr?.destroy();
          end(code, signal, null);
        });
      }, SILENCE);
    };
    child.on('exit', (code, signal) => endWhenSilent(code, signal, arrived));
    child.on('close', (code, signal) => end(code, signal, null));
  });
}
