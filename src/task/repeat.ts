import { Cron } from 'croner';
import { RotaError } from '../errors.ts';
import { parseDuration } from './duration.ts';

/** Standing work: an interval after each landing, or a cron expression of five fields (UTC). */
export type Repeat =
  | { readonly kind: 'every'; readonly ms: number }
  | { readonly kind: 'cron'; readonly expression: string };

/** Reads `7d`, `12h`, `30m` or a cron expression of five fields or a nickname (`@daily`); null for anything else. */
export function parseRepeat(text: string): Repeat | null {
  const ms = parseDuration(text);
  if (ms !== null) return ms >= 60_000 ? { kind: 'every', ms } : null;
  const expression = text.trim();
  if (expression.length > 100 || !CRON.test(expression)) return null;
  return cronOf(expression) === null ? null : { kind: 'cron', expression };
}

/**
 * When something that repeats is due again, after `now`; `timeZone`: the one that a cron expression is read in. Throws RotaError
 * `task` for a text that is neither.
 */
export function nextOccurrence(repeat: Repeat | string, now: Date, timeZone = 'UTC'): Date {
  const parsed = typeof repeat === 'string' ? parseRepeat(repeat) : repeat;
  if (parsed?.kind === 'every') return new Date(now.getTime() + parsed.ms);
  const next = parsed === null ? null : (cronOf(parsed.expression, timeZone)?.nextRun(now) ?? null);
  if (next === null) {
    throw new RotaError('task', 'repeat never comes round', 'use an interval like 7d, or a cron expression');
  }
  return next;
}

const CRON = /^(?:@(?:hourly|daily|weekly|monthly|yearly|annually)|[^\s@]+(?: +[^\s@]+){4})$/;

/** A pattern that never matches (30 February) is as wrong as one that cannot be read. */
function cronOf(expression: string, timezone = 'UTC'): Cron | null {
  try {
    const cron = new Cron(expression, { timezone, paused: true });
    return cron.nextRun(new Date(0)) === null ? null : cron;
  } catch {
    return null;
  }
}
