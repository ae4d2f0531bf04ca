import { RotaError } from '../errors.ts';
import { parseDuration } from '../task/duration.ts';
import type { Options } from './command-spec.ts';
import { textOption } from './options.ts';

/**
 * `--since`: a day of UTC, or so long ago; null: it was not given.
 *
 * @throws RotaError `usage` for what is neither
 */
export function sinceOption(options: Options, now: Date, command: string): Date | null {
  const text = textOption(options, 'since');
  if (text === null) return null;
  const ago = parseDuration(text);
  if (ago !== null) return new Date(now.getTime() - ago);
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  // 2026-02-30 is read as the 2nd of March.
  if (day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)) return day;
  const month = now.toISOString().slice(0, 8);
  throw new RotaError(
    'usage',
    `--since ${text} is neither a day nor a duration.`,
    `For example: ${command} --since 7d, or ${command} --since ${month}01`,
  );
}
