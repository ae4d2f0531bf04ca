import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { RotaError } from '../../errors.ts';
import { cronJobs } from '../../schedule/kubernetes.ts';
import type { Installer, InstallerParts } from './installer.ts';

/** CronJobs for a cluster. Rota prints them; who may change the cluster applies them. */
export function kubernetesInstaller({ project: { remote }, image, secret }: InstallerParts): Installer {
  return {
    name: 'kubernetes',
    files: async (_place, planned) => {
      if (remote === null) throw noRemote();
      // Credentials belong into the secret.
      const url = remote.url.replace(/\/\/[^/@\s]+@/, '//');
      return [cronJobs(planned, { name: nameOf(url), url, image, secret })];
    },
    install: async () => {
      throw byHand('kubectl apply -f -');
    },
    remove: async () => {
      throw byHand('kubectl delete -f -');
    },
  };
}

/** The end of the address, and a mark of all of it: two teams may each have a `shop`. */
function nameOf(url: string): string {
  const words = basename(url.replace(/\/+$/, ''), '.git')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return `${words}-${createHash('sha256').update(url).digest('hex').slice(0, 6)}`;
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
