const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Milliseconds since the epoch of an ISO date or date-time, or null if it is none. Without a zone it is UTC, whatever
 * the machine's zone is: a task must become eligible at the same moment on every machine.
 */
export function instantOf(text: string): number | null {
  const match = DATE_TIME.exec(text.trim());
  if (match === null) return null;
  const [, date, time = '00:00', zone = 'Z'] = match;
  const at = Date.parse(`${date}T${time}${/^utc$/i.test(zone) ? 'Z' : zone.toUpperCase()}`);
  return Number.isNaN(at) ? null : at;
}
