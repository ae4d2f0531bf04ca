import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';

/** In the folder of a run: a person asked it to end. */
const NAME = 'stop';
/** Milliseconds between looks of the worker. */
const LOOK = 500;

/** Asks one run to end. Its worker may have others, and a shift that goes on: a signal would end those, too. */
export async function requestStop({ files }: Pick<System, 'files'>, folder: string): Promise<void> {
  const path = join(folder, NAME);
  const facts = await files.facts(path);
  if (facts?.kind === 'file') return;
  // What an agent has put there: a link would lead to a file of the person's.
  if (facts !== null) await files.removeTree(path);
  await files.write(path, '', { exclusive: true });
}

/** Calls `onStop` once when somebody asks this run to end; resolves then, or when `signal` fires. */
export async function awaitStopRequest(
  { files, clock }: Pick<System, 'files' | 'clock'>,
  folder: string,
  signal: AbortSignal,
  onStop: () => void,
): Promise<void> {
  while (!signal.aborted) {
    await clock.wait(LOOK, signal);
    if (signal.aborted || !(await isThere(files, join(folder, NAME)))) continue;
    return onStop();
  }
}

/** A disk that cannot be asked now is asked again. */
async function isThere(files: System['files'], path: string): Promise<boolean> {
  try {
    return (await files.facts(path))?.kind === 'file';
  } catch (error) {
    if (error instanceof RotaError) return false;
    throw error;
  }
}
