import { RotaError } from '../../errors.ts';

/**
 * What went wrong with one task, worktree or file, in words: the sweep names it and goes on with the others. Rota's own failures
 * and those of the file system (a folder where a file should be); anything else is a bug and is thrown on.
 */
export function failureOf(error: unknown): string {
  if (error instanceof RotaError) return error.message;
  if (error instanceof Error && 'syscall' in error && 'code' in error) return error.message;
  throw error;
}
