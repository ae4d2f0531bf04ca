import { checkFiles } from '../backlog/check-files.ts';
import { readWrittenFilesAt } from '../backlog/read-written-files.ts';
import type { Project } from '../project/project.ts';
import { readRepositoryLimits } from '../project/repository-limits.ts';
import type { Finding } from './finding.ts';

/** rota.yaml, the roles and the tasks as workers read them: at main. And what of the repository they cannot have. */
export async function checkWrittenFiles(project: Project): Promise<Finding[]> {
  const { main } = await project.refs.last();
  const problems = checkFiles(await readWrittenFilesAt(project.system, project.repository, main));
  const limits = await readRepositoryLimits(project, main);
  return [
    problems.length === 0
      ? { area: 'config', state: 'good', says: `rota.yaml, roles and tasks on ${project.branch}`, mend: null }
      : {
          area: 'config',
          state: 'bad',
          says: `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in rota.yaml, roles and tasks on ${project.branch}`,
          mend: 'rota check --main lists them.',
        },
    ...limits.map((says): Finding => ({ area: 'repository', state: 'warning', says, mend: null })),
  ];
}
