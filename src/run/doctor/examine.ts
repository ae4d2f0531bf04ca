import { RotaError } from '../../errors.ts';
import { openRepository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { openProject } from '../project/open-project.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot } from '../project/snapshot.ts';
import { checkAgents } from './check-agents.ts';
import { checkBudgets } from './check-budgets.ts';
import { checkDisk } from './check-disk.ts';
import { checkGate } from './check-gate.ts';
import { checkGit } from './check-git.ts';
import { checkIdentity } from './check-identity.ts';
import { checkIsolation } from './check-isolation.ts';
import { checkLeftovers } from './check-leftovers.ts';
import { checkRemote } from './check-remote.ts';
import { checkWrittenFiles } from './check-written-files.ts';
import type { Area, Finding } from './finding.ts';

/**
 * Looks at everything that a run of this repository needs on this machine. Changes nothing here: it starts programs only to ask
 * for their version, and tries on the remote what it allows, on refs that are gone afterwards. What cannot be looked at is a finding, too.
 */
export async function examine(system: System, folder: string): Promise<Finding[]> {
  const git = await checkGit(system, folder);
  if (git.some(({ state }) => state === 'bad')) return git;
  const found: Finding[] = [...git];
  await attempt(found, 'repository', async () => {
    const repository = await openRepository(system, folder);
    const place = repository.bare ? `${repository.gitDir}, a bare repository` : repository.root;
    found.push({ area: 'repository', state: 'good', says: place, mend: null });
    await attempt(found, 'identity', () => checkIdentity(system, repository));
    await attempt(found, 'config', () => examineProject(system, folder, found));
    return [];
  });
  return found;
}

async function examineProject(system: System, folder: string, found: Finding[]): Promise<Finding[]> {
  const project = await openProject(system, folder, () => undefined);
  try {
    await attempt(found, 'config', () => checkWrittenFiles(project));
    await attempt(found, 'remote', () => checkRemote(project));
    await attempt(found, 'config', () => examineSettings(project, found));
    await attempt(found, 'disk', () => checkDisk(project));
    await attempt(found, 'leftovers', () => checkLeftovers(project));
    return [];
  } finally {
    await project.close();
  }
}

async function examineSettings(project: Project, found: Finding[]): Promise<Finding[]> {
  const { config, roles } = await readSnapshot(project, false);
  await attempt(found, 'gate', () => checkGate(project, config));
  await attempt(found, 'agents', () => checkAgents(project.system, { config, roles }));
  found.push(...checkBudgets({ config, roles }));
  await attempt(found, 'isolation', () => checkIsolation(project, { config, roles }));
  return [];
}

/** What stands in the way of one check is its finding; the others go on. */
async function attempt(found: Finding[], area: Area, look: () => Promise<readonly Finding[]>): Promise<void> {
  try {
    found.push(...(await look()));
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    // The same trouble stands in the way of several checks.
    if (!found.some(({ says }) => says === error.message))
      found.push({ area, state: 'bad', says: error.message, mend: error.hint });
  }
}
