import type { System } from '../../system/ports.ts';
import { findOnPath } from '../project/find-on-path.ts';
import { cronInstaller } from './cron-installer.ts';
import type { Installer, MakeInstaller, SchedulerName } from './installer.ts';
import { launchdInstaller } from './launchd-installer.ts';
import { systemdInstaller } from './systemd-installer.ts';

const INSTALLERS: Readonly<Record<SchedulerName, MakeInstaller>> = {
  cron: cronInstaller,
  systemd: systemdInstaller,
  launchd: launchdInstaller,
};

/** The scheduler that was asked for, else the one of this machine: launchd on macOS, cron where it is, systemd elsewhere. */
export async function chooseInstaller(system: System, wished: SchedulerName | null): Promise<Installer> {
  if (wished !== null) return INSTALLERS[wished](system);
  if (system.environment.platform === 'darwin') return launchdInstaller(system);
  const cron = (await findOnPath(system, 'crontab')) !== null;
  const systemd = (await findOnPath(system, 'systemctl')) !== null;
  return cron || !systemd ? cronInstaller(system) : systemdInstaller(system);
}
