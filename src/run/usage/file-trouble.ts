import { RotaError } from '../../errors.ts';

/** What the disk said, in words; null: the error is none of the disk's, but a bug. */
export function fileTrouble(error: unknown): string | null {
  if (error instanceof RotaError) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return error instanceof Error && typeof code === 'string' ? error.message : null;
}
