import type { Place, Planned, ScheduleFile } from '../../schedule/planned.ts';
import type { System } from '../../system/ports.ts';

/** Who starts roles on this machine. */
export const SCHEDULERS = ['cron', 'systemd', 'launchd'] as const;
export type SchedulerName = (typeof SCHEDULERS)[number];

/** Puts a schedule into one of the machine's schedulers. */
export interface Installer {
  readonly name: SchedulerName;
  /** What would be installed, for a look; paths are absolute. */
  files(place: Place, planned: readonly Planned[]): Promise<readonly ScheduleFile[]>;
  /** Installs exactly that, in place of what was installed for this place before. Says what it did. */
  install(place: Place, planned: readonly Planned[]): Promise<readonly string[]>;
  /** Takes everything of this place out again. Says what it did; empty: there was nothing. */
  remove(place: Place): Promise<readonly string[]>;
}

export type MakeInstaller = (system: System) => Installer;
