import type { Emit } from '../events.ts';
import { openProject } from '../run/project/open-project.ts';
import type { Project } from '../run/project/project.ts';
import { readSnapshot, type Snapshot } from '../run/project/snapshot.ts';
import type { Cli } from './cli.ts';
import type { Options } from './command-spec.ts';
import { noteAge } from './look/note-age.ts';
import { flagOption } from './options.ts';

const SILENT: Emit = () => undefined;

/** Opens the project around the command's folder, and drops what rota made for this process afterwards. */
export async function withProject<T>(
  cli: Cli,
  emit: Emit,
  action: (project: Project) => Promise<T>,
): Promise<T> {
  const project = await openProject(cli.system, cli.folder, emit);
  try {
    return await action(project);
  } finally {
    await project.close();
  }
}

/** For commands that only look: the last fetched state (its age is noted), or with --fetch the remote's. */
export function withSnapshot<T>(
  cli: Cli,
  options: Options,
  action: (project: Project, snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  return withProject(cli, SILENT, async (project) => {
    const fresh = flagOption(options, 'fetch');
    const snapshot = await readSnapshot(project, fresh);
    if (!fresh && project.remote !== null) noteAge(cli.output, snapshot.view.age);
    return action(project, snapshot);
  });
}
