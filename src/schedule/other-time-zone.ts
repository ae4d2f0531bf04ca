import { nextOccurrence } from '../task/repeat.ts';
import type { Planned } from './planned.ts';

const MONTH = 30 * 24 * 60 * 60_000;

/**
 * What to tell a person about a scheduler that knows one time zone only, the machine's; null: the moments are the same, all
 * year round.
 *
 * @param machineZone an IANA name
 */
export function otherTimeZone(
  { role, pace, timeZone }: Planned,
  machineZone: string,
  now: Date,
): string | null {
  if (pace.kind !== 'cron' || timeZone === null) return null;
  const at = (zone: string, month: number) =>
    nextOccurrence(pace, new Date(now.getTime() + month * MONTH), zone).getTime();
  const same = Array.from({ length: 13 }, (_, month) => at(timeZone, month) === at(machineZone, month));
  if (same.every((one) => one)) return null;
  return `${role}: \`${pace.expression}\` is read in this machine's time zone (${machineZone}), not in ${timeZone}`;
}
