const MOMENT =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)? ?(Z|[+-][0-9]{2}:[0-9]{2})?)?$/i;

/**
 * An ISO date, or a date-time as ISO in UTC (no zone is UTC, never the machine's own); null when it is neither or
 * not in the calendar.
 */
export function parseMoment(text: string): string | null {
  const match = MOMENT.exec(text.trim());
  const date = match?.[1];
  if (match === null || date === undefined || !isInCalendar(date)) return null;
  if (match[2] === undefined) return date;
  const time = Date.parse(`${date}T${match[2]}:${match[3] ?? '00'}${(match[4] ?? 'Z').toUpperCase()}`);
  return Number.isNaN(time) ? null : new Date(time).toISOString().replace('.000Z', 'Z');
}

/** JavaScript reads 30 February as 2 March. */
function isInCalendar(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
