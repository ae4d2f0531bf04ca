/** The last second of the year 9999: what is later has no ISO date-time of the usual form. */
const LATEST = 253_402_300_799;

/** For a commit that says no time, where one is needed: nothing is earlier. */
export const NO_TIME = new Date(0).toISOString();

/**
 * When a commit was made, as an ISO date-time, from what git prints for `%ct`. Null: what the commit says is no time. Anybody can
 * write such a commit, so its date (`%cI`) may be empty, in the year 30000, or have a time zone that there is not.
 */
export function commitTime(seconds: string): string | null {
  const time = /^\d{1,12}$/.test(seconds) ? Number(seconds) : Number.NaN;
  return time <= LATEST ? new Date(time * 1000).toISOString() : null;
}
