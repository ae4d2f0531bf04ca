import { openProject } from '../run/project/open-project.ts';
import type { Project } from '../run/project/project.ts';
import type { Cli } from './cli.ts';
import { makeReporter } from './report.ts';

/**
 * Opens the project for a command that changes something, and shows what happens. Needs the person's git identity. Results
 * of long work are printed afterwards, when the live line is gone.
 *
 * @param folder where else the repository is
 */
export async function withWriting<T>(
  cli: Cli,
  action: (project: Project) => Promise<T>,
  folder = cli.folder,
): Promise<T> {
  const reporter = makeReporter(cli);
  try {
    const project = await openProject(cli.system, folder, reporter.emit, 'write');
    try {
      return await action(project);
    } finally {
      await project.close();
    }
  } finally {
    reporter.end();
  }
}
