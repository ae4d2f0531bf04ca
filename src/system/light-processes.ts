import type { Processes } from './ports.ts';
import { runToEnd } from './run-to-end.ts';

/**
 * The same door for commands that only look: they run a few short git calls, and loading execa would take longer than
 * those. Starting long-running programs is not for them.
 */
export function lightProcesses(): Processes {
  return {
    run: runToEnd,
    start: () => {
      throw new Error('a command that only looks starts no agent');
    },
  };
}
