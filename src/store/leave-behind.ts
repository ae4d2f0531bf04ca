import { RotaError } from '../errors.ts';

/**
 * For removals of rota's own scratch folders: a disk that fails there must not hide what was done with them. What stays is
 * dropped with the folder around it, or by a sweep.
 */
export function leaveBehind(error: unknown): void {
  if (!(error instanceof RotaError)) throw error;
}
