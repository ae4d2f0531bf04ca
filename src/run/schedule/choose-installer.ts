import { findOnPath } from '../project/find-on-path.ts';
import { actionsInstaller } from './actions-installer.ts';
import { cronInstaller } from './cron-installer.ts';
import type { Installer, InstallerParts, SchedulerName } from './installer.ts';
import { kubernetesInstaller } from './kubernetes-installer.ts';
import { launchdInstaller } from './launchd-installer.ts';
import { systemdInstaller } from './systemd-installer.ts';

const INSTALLERS: Readonly<Record<SchedulerName, (parts: InstallerParts) => Installer>> = {
  cron: ({ project }) => cronInstaller(project.system),
  systemd: ({ project }) => systemdInstaller(project.system),
  launchd: ({ project }) => launchdInstaller(project.system),
  actions: actionsInstaller,
  kubernetes: kubernetesInstaller,
};

/** The scheduler that was asked for, else the one of this machine: launchd on macOS, cron where it is, systemd elsewhere. */
export async function chooseInstaller(
  parts: InstallerParts,
  wished: SchedulerName | null,
): Promise<Installer> {
  return INSTALLERS[wished ?? (await ownScheduler(parts))](parts);
}

async function ownScheduler({ project: { system } }: InstallerParts): Promise<SchedulerName> {
  if (system.environment.platform === 'darwin') return 'launchd';
  const cron = (await findOnPath(system, 'crontab')) !== null;
  const systemd = (await findOnPath(system, 'systemctl')) !== null;
  return cron || !systemd ? 'cron' : 'systemd';
}
