import { RotaError } from '../../errors.ts';
import { cronJobs } from '../../schedule/kubernetes.ts';
import type { Installer, InstallerParts } from './installer.ts';

/** CronJobs for a cluster. Rota prints them; who may change the cluster applies them. */
export function kubernetesInstaller({ project: { remote }, image, secret }: InstallerParts): Installer {
  return {
    name: 'kubernetes',
    files: async ({ name }, planned) => {
      if (remote === null) throw noRemote();
      // Credentials belong into the secret.
      const url = remote.url.replace(/\/\/[^/@\s]+@/, '//');
      return [cronJobs(planned, { name, url, image, secret })];
    },
    install: async () => {
      throw byHand('kubectl apply -f -');
    },
    remove: async () => {
      throw byHand('kubectl delete -f -');
    },
  };
}

function noRemote(): RotaError {
  return new RotaError(
    'config',
    'A cluster works through a git remote, and this repository has none.',
    'git remote add origin <url>, or use cron or systemd.',
  );
}

function byHand(command: string): RotaError {
  return new RotaError(
    'usage',
    'Rota does not change clusters.',
    `rota schedule show --for kubernetes | ${command}`,
  );
}
