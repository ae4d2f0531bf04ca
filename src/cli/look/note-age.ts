import type { Output } from '../output.ts';
import { formatDuration } from '../text/ago.ts';

/** Says how old the last fetched state is, unless that is under a minute. */
export function noteAge({ errorColors, note }: Output, age: number): void {
  if (!Number.isFinite(age)) note(errorColors.dim('The remote was never asked; --fetch asks it.'));
  else if (age >= 60_000) note(errorColors.dim(`As of ${formatDuration(age)} ago; --fetch asks the remote.`));
}
