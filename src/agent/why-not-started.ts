import type { System } from '../system/ports.ts';
import { plainText } from '../task/text.ts';

/** Where a program was to be started. */
interface FailedStart {
  readonly program: string;
  readonly worktree: string;
  /** `ENOENT`, `EACCES`… */
  readonly code: string;
}

/** Why an agent's program could not be started, in words that say what to do. */
export async function whyNotStarted(
  system: System,
  { program: name, worktree, code }: FailedStart,
): Promise<string> {
  const program = plainText(name);
  // A missing current folder looks like a missing program.
  if ((await system.files.facts(worktree))?.kind !== 'folder') return `the worktree ${worktree} is not there`;
  switch (code) {
    case 'ENOENT':
      return program.includes('/')
        ? `${program} was not found in the worktree, or the program named in its first line was not`
        : `${program} was not found on PATH: install it, or change the agent in rota.yaml`;
    case 'EACCES':
      return `${program} is not executable: chmod +x it, or name its interpreter in rota.yaml`;
    case 'E2BIG':
      return `the prompt is too long for an argument of ${program}: use prompt: stdin or file in rota.yaml`;
    case 'ENOEXEC':
      return `${program} is not a program for this machine, or a script without a #! line`;
    default:
      return `${program} could not be started (${code})`;
  }
}
