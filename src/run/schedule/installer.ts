import type { Place, Planned, ScheduleFile } from '../../schedule/planned.ts';
import type { Project } from '../project/project.ts';

/** Who starts roles: this machine's own schedulers, then services that bring machines of their own. */
export const SCHEDULERS = ['cron', 'systemd', 'launchd', 'actions', 'kubernetes'] as const;
export type SchedulerName = (typeof SCHEDULERS)[number];

/** Puts a schedule into one scheduler. */
export interface Installer {
  readonly name: SchedulerName;
  /** What would be installed, for a look. */
  files(place: Place, planned: readonly Planned[]): Promise<readonly ScheduleFile[]>;
  /** Installs exactly that, in place of what was installed for this place before. Says what it did. */
  install(place: Place, planned: readonly Planned[]): Promise<readonly string[]>;
  /** Takes everything of this place out again. Says what it did; empty: there was nothing. */
  remove(place: Place): Promise<readonly string[]>;
}

/** What installers are made of. */
export interface InstallerParts {
  readonly project: Project;
  /** Of rota. */
  readonly version: string;
  /** For kubernetes: the image of its containers. */
  readonly image: string;
  /** For kubernetes: the Secret with their variables. */
  readonly secret: string;
}
