import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { RotaError } from '../../errors.ts';
import { cronJobSelector, cronJobs } from '../../schedule/kubernetes.ts';
import { askProgram } from './ask-program.ts';
import type { Installer, InstallerParts } from './installer.ts';

/** What kubectl calls one of them. */
const CRON_JOB = /^cronjob\.batch\/[a-z0-9][a-z0-9.-]*$/;

/** CronJobs in the cluster that the person's kubectl talks to. */
export function kubernetesInstaller({
  project: { remote, system },
  image,
  secret,
}: InstallerParts): Installer {
  const ask = async (args: readonly string[], input = '') => {
    const how = { input, keep: ['KUBECONFIG'], instead: INSTEAD };
    return (await askProgram(system, ['kubectl', ...args], how)).stdout.trim();
  };
  const names = (said: string) => said.split('\n').filter((name) => CRON_JOB.test(name));
  const installed = async (name: string) =>
    names(await ask(['get', 'cronjobs', '--selector', cronJobSelector(name), '--output', 'name']));
  const remove = async (jobs: readonly string[]) => {
    if (jobs.length > 0) await ask(['delete', '--ignore-not-found', ...jobs]);
    return jobs.map((job) => `removed ${job}`);
  };
  const address = () => {
    if (remote === null) throw noRemote();
    // Credentials belong into the secret.
    const url = remote.url.replace(/\/\/[^/@\s]+@/, '//');
    return { name: nameOf(url), url };
  };
  return {
    name: 'kubernetes',
    files: async (_place, planned) => [cronJobs(planned, { ...address(), image, secret })],
    install: async (_place, planned) => {
      const { name, url } = address();
      const context = await ask(['config', 'current-context']);
      const before = await installed(name);
      const { text } = cronJobs(planned, { name, url, image, secret });
      const applied = names(await ask(['apply', '--filename', '-', '--output', 'name'], text));
      const old = before.filter((job) => !applied.includes(job));
      return [
        ...applied.map((job) => `applied ${job} (${context})`),
        ...(await remove(old)),
        `They start ${image}, with the variables of the Secret ${secret}.`,
      ];
    },
    remove: async () => remove(await installed(address().name)),
  };
}

const INSTEAD = 'Where kubectl is: rota schedule show --for kubernetes | kubectl apply -f -';

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
