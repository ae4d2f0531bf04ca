import { resolve } from 'node:path';
import { lightProcesses } from '../system/light-processes.ts';
import type { System } from '../system/ports.ts';
import { systemWith } from '../system/system-with.ts';
import { listenForInterrupts } from './interruption.ts';
import type { Output } from './output.ts';

/** What every command gets: the outside world, where to look, where to speak. */
export interface Cli {
  readonly system: System;
  /** Of rota. */
  readonly version: string;
  /** The folder that was asked about: `-C`, else the current one. Absolute. */
  readonly folder: string;
  readonly json: boolean;
  readonly output: Output;
  /** A person can be asked: stdin and stderr are terminals, and no document was asked for. */
  readonly interactive: boolean;
  /** The text on stdin; empty on a terminal. */
  input(): Promise<string>;
  /**
   * From the first call on, signals abort instead of ending the process. Commands that only read leave them alone and
   * simply die.
   */
  interruption(): AbortSignal;
}

/** The real world of this process. `looks`: a command that only looks, for which less is loaded. */
export async function makeCli(
  output: Output,
  version: string,
  folder: string | undefined,
  looks: boolean,
): Promise<Cli> {
  const system = looks
    ? systemWith(lightProcesses())
    : (await import('../system/real-system.ts')).realSystem();
  let interruption: AbortSignal | undefined;
  return {
    system,
    version,
    folder: resolve(system.environment.cwd, folder ?? '.'),
    json: output.json,
    output,
    interactive: !output.json && process.stdin.isTTY === true && output.errorTerminal && !inCi(),
    input: async () => {
      if (process.stdin.isTTY === true) return '';
      const pieces: Buffer[] = [];
      for await (const piece of process.stdin) pieces.push(piece as Buffer);
      return Buffer.concat(pieces).toString('utf8');
    },
    interruption: () => {
      interruption ??= listenForInterrupts(output.note);
      return interruption;
    },
  };
}

function inCi(): boolean {
  return (process.env['CI'] ?? '') !== '';
}
