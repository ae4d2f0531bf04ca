import { otherTimeZone } from '../../schedule/other-time-zone.ts';
import type { Planned } from '../../schedule/planned.ts';
import type { System } from '../../system/ports.ts';
import { machineZone } from './machine-zone.ts';

/** What to say when a scheduler that knows one time zone is told of another. */
export function zoneNotes({ clock }: System, planned: readonly Planned[]): string[] {
  return planned.flatMap((one) => otherTimeZone(one, machineZone(), clock.now()) ?? []);
}
