import { RotaError } from '../../errors.ts';
import { editTask } from '../../task/edit.ts';

/** A task file's text without its lock block. Null: it cannot be edited safely; its problem is named by `rota check`. */
export function withoutBlock(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return editTask(text, { lock: undefined });
  } catch (error) {
    if (error instanceof RotaError) return null;
    throw error;
  }
}
