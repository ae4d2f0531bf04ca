import { RotaError } from '../../errors.ts';
import { readSettings, type Settings } from '../../store/backlog/read-settings.ts';
import { networkGit } from '../../store/refs/network-git.ts';
import { plainText } from '../../task/text.ts';
import type { Project } from '../project/project.ts';
import type { Finding } from './finding.ts';
import { judgeRemote } from './judge-remote.ts';
import { probeRemote } from './probe-remote.ts';
import { strayRecords } from './stray-records.ts';

const PATIENCE = 30_000;

/**
 * Whether the remote answers, and what it allows: tried on refs that are gone afterwards (`rota/doctor/…`), without moving
 * main.
 *
 * @throws RotaError `identity`
 */
export async function checkRemote(project: Project): Promise<Finding[]> {
  const { remote, repository, neutral, system, branch, refsPrefix } = project;
  if (remote === null)
    return [{ area: 'remote', state: 'good', says: 'none: everything stays in this repository', mend: null }];
  const git = networkGit(system, repository, neutral);
  const name = plainText(remote.name);
  const wanted = [`refs/heads/${branch}`, 'tasks/*'];
  const read = await git(['ls-remote', '--refs', '--quiet', '--', remote.url, ...wanted], PATIENCE);
  if (read.code !== 0)
    return [
      bad(
        `${name} cannot be read: ${read.words}`,
        `Check the address (git remote -v), the network, and that you may read it.`,
      ),
    ];
  const refs = new Map(
    read.stdout.split('\n').map((line) => [line.split('\t')[1] ?? '', line.split('\t')[0]!]),
  );
  const main = refs.get(`refs/heads/${branch}`);
  if (main === undefined) return [bad(`${name} has no branch ${branch}`, `git push ${name} ${branch}`)];

  const config = await configNow(project);
  const integrate = config?.integrate ?? 'merge';
  const facts = await probeRemote(project, main, integrate === 'merge');
  if ('refused' in facts)
    return [
      bad(
        `${name} can be read, but takes no push: ${facts.refused}`,
        'Locks are refs on the remote: log in as somebody who may push.',
      ),
    ];
  const needsOptions = integrate === 'pr' && config?.pullRequest.forge === 'push-options';
  return [
    ...judgeRemote({ name, branch, refsPrefix, integrate, needsOptions }, facts),
    ...strayRecords([...refs.keys()], { name, refsPrefix }),
  ];
}

/** A broken rota.yaml is another check's finding. */
async function configNow({ system, repository, refs }: Project): Promise<Settings['config'] | null> {
  try {
    return (await readSettings(system, repository, (await refs.last()).main)).config;
  } catch (error) {
    if (error instanceof RotaError) return null;
    throw error;
  }
}

function bad(says: string, mend: string): Finding {
  return { area: 'remote', state: 'bad', says, mend };
}
