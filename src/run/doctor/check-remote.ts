import { networkGit } from '../../store/refs/network-git.ts';
import { plainText } from '../../task/text.ts';
import type { Project } from '../project/project.ts';
import type { Finding } from './finding.ts';

const PATIENCE = 30_000;

/** Whether the remote answers, and would take a lock from this machine. A dry run: nothing is written there. */
export async function checkRemote(project: Project): Promise<Finding[]> {
  const { remote, repository, neutral, system, branch } = project;
  if (remote === null)
    return [{ area: 'remote', state: 'good', says: 'none: everything stays in this repository', mend: null }];
  const git = networkGit(system, repository, neutral);
  const name = plainText(remote.name);
  const read = await git(['ls-remote', '--exit-code', '--', remote.url, `refs/heads/${branch}`], PATIENCE);
  if (read.code === 2) return [bad(`${name} has no branch ${branch}`, `git push ${name} ${branch}`)];
  if (read.code !== 0)
    return [
      bad(
        `${name} cannot be read: ${read.words}`,
        `Check the address (git remote -v), the network, and that you may read it.`,
      ),
    ];
  const { main } = await project.refs.last();
  const args = ['push', '--dry-run', '--porcelain', '--no-verify', '--no-signed', '--no-follow-tags'];
  const push = await git([...args, '--', remote.pushUrl, `${main}:refs/rota/doctor`], PATIENCE);
  if (push.code !== 0)
    return [
      bad(
        `${name} can be read, but takes no push: ${push.words}`,
        'Locks are refs on the remote: log in as somebody who may push.',
      ),
    ];
  return [{ area: 'remote', state: 'good', says: `${name} can be read and takes pushes`, mend: null }];
}

function bad(says: string, mend: string): Finding {
  return { area: 'remote', state: 'bad', says, mend };
}
