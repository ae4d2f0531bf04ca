import type { Pace } from '../config.ts';
import { RotaError } from '../errors.ts';
import { paceInWords } from '../task/pace.ts';
import { readFields } from './calendar.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/**
 * A pace as the five fields that every cron understands.
 *
 * @param offset a minute in the hour (0 to 59) for what does not say one, so that roles do not all begin at once
 * @throws RotaError `config` for an interval that does not divide the hour or the day: cron would run it unevenly; and for
 *   extensions that not every system has (`L`, `W`, `#`)
 */
export function cronFields(pace: Pace, offset: number): string {
  if (pace.kind === 'cron') return NICKNAMES[pace.expression] ?? portable(pace.expression);
  const { ms } = pace;
  const minutes = ms / MINUTE;
  if (minutes === 1) return '* * * * *';
  if (Number.isInteger(minutes) && minutes < 60 && 60 % minutes === 0)
    return `${offset % minutes}-59/${minutes} * * * *`;
  const hours = ms / HOUR;
  if (hours === 1) return `${offset} * * * *`;
  if (Number.isInteger(hours) && hours < 24 && 24 % hours === 0) return `${offset} */${hours} * * *`;
  const days = ms / DAY;
  if (days === 1) return `${offset} 3 * * *`;
  if (days === 7) return `${offset} 3 * * 0`;
  throw unevenly(pace);
}

/** `?` means the same as `*`, and Debian's cron does not take it. */
function portable(expression: string): string {
  readFields(expression);
  return expression.replaceAll('?', '*');
}

function unevenly(pace: Pace): RotaError {
  return new RotaError(
    'config',
    `cron cannot run something ${paceInWords(pace)}: it starts anew every hour and every day.`,
    'Take a part of an hour or a day (5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h, 1d, 7d), a cron expression, or systemd.',
  );
}
