import { RotaError } from '../errors.ts';
import { expandField, MONTHS, WEEKDAYS } from './expand-field.ts';

/** A cron expression as lists of values; null: every one. */
export interface Calendar {
  readonly minute: readonly number[] | null;
  readonly hour: readonly number[] | null;
  readonly day: readonly number[] | null;
  /** 1 to 12. */
  readonly month: readonly number[] | null;
  /** 0 (Sunday) to 6. */
  readonly weekday: readonly number[] | null;
}

/**
 * Reads five fields into lists, for systems that do not know cron's language.
 *
 * @throws RotaError `config` for extensions that not every system has (`L`, `W`, `#`), and for a day of the month *and* a
 *   weekday, which cron joins with "or" and others with "and"
 */
export function readCalendar(fields: string): Calendar {
  const calendar = readFields(fields);
  if (calendar.day !== null && calendar.weekday !== null) throw twoKindsOfDays(fields);
  return calendar;
}

/**
 * The same for cron itself, which has a meaning for days of both kinds.
 *
 * @throws RotaError `config` for extensions
 */
export function readFields(fields: string): Calendar {
  const [minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] = fields.trim().split(/\s+/);
  const read = (field: string, least: number, most: number, names: readonly string[] = []) => {
    const values = expandField(field, { least, most, names });
    if (values === null && field !== '*' && field !== '?') throw notPortable(fields, field);
    return values;
  };
  return {
    minute: read(minute, 0, 59),
    hour: read(hour, 0, 23),
    day: read(day, 1, 31),
    month: read(month, 1, 12, MONTHS),
    weekday: sundayIsZero(read(weekday, 0, 7, WEEKDAYS)),
  };
}

function sundayIsZero(days: number[] | null): number[] | null {
  if (days === null) return null;
  const found = [...new Set(days.map((day) => day % 7))].sort((a, b) => a - b);
  return found.length === 7 ? null : found;
}

function notPortable(fields: string, field: string): RotaError {
  return new RotaError(
    'config',
    `\`${field}\` in the schedule \`${fields}\` is not something that every system can do.`,
    'Use numbers, names, lists (1,2), ranges (1-5) and steps (*/10).',
  );
}

function twoKindsOfDays(fields: string): RotaError {
  return new RotaError(
    'config',
    `The schedule \`${fields}\` names days of the month and days of the week; systems disagree on what that means.`,
    'Name one of the two.',
  );
}
