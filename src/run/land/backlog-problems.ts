import type { Problem } from '../../errors.ts';
import { RotaError } from '../../errors.ts';
import { readBacklog } from '../../store/backlog/read-backlog.ts';
import { readSettings } from '../../store/backlog/read-settings.ts';
import { checkBacklog } from '../../task/rules/check-backlog.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';

/** Problems of backlog, roles and config that a candidate has and its main does not: they would be this landing's. */
export async function readBacklogProblems(
  project: Project,
  before: Snapshot,
  candidate: string,
): Promise<Problem[]> {
  const { system, repository, cache } = project;
  const reading = readSettings(system, repository, candidate);
  // Awaited below; what fails meanwhile is looked at there.
  reading.catch(() => undefined);
  const after = await readBacklog(system, repository, candidate, cache);
  const known = new Set(checkBacklog({ files: before.backlog.files, roles: before.roles }).map(identityOf));
  try {
    const { roles } = await reading;
    return checkBacklog({ files: after.files, roles }).filter((problem) => !known.has(identityOf(problem)));
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    return [{ file: 'rota.yaml', line: 1, rule: 'config', message: error.message }];
  }
}

/** Lines move; the same problem further down is no new one. */
function identityOf({ file, rule, message }: Problem): string {
  return `${file}\0${rule}\0${message}`;
}
