import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { agentOf } from '../../role/agent-of.ts';
import { actionsWorkflow } from '../../schedule/actions.ts';
import type { Planned, ScheduleFile } from '../../schedule/planned.ts';
import { readSettings } from '../../store/backlog/read-settings.ts';
import type { Installer, InstallerParts } from './installer.ts';
import { writeScheduleFile } from './write-schedule-file.ts';

/** A workflow for GitHub Actions, in the checkout, for a person to look at and commit. */
export function actionsInstaller({ project, version }: InstallerParts): Installer {
  const workflow = async (planned: readonly Planned[]): Promise<ScheduleFile> => {
    const { main } = await project.refs.last();
    const { config, roles } = await readSettings(project.system, project.repository, main);
    const agents = roles.flatMap((role) => agentOf(role, config)?.agent ?? []);
    const { env, integrate } = config;
    return actionsWorkflow(planned, { branch: project.branch, version, agents, env, integrate });
  };
  return {
    name: 'actions',
    files: async (_place, planned) => [await workflow(planned)],
    install: async (_place, planned) => {
      const { system, repository } = project;
      if (repository.checkout === null) throw noCheckout();
      const file = await workflow(planned);
      const path = join(repository.checkout, file.path);
      const there = (await system.files.readIfThere(path))?.toString('utf8');
      const [mark] = file.text.split('\n', 1);
      if (there !== undefined && !there.startsWith(`${mark}\n`)) throw notOurs(file.path);
      await writeScheduleFile(system, { path, text: file.text });
      return [`wrote ${file.path}: commit it, and add the secrets that it names`];
    },
    remove: async () => {
      throw new RotaError(
        'usage',
        'The workflow is a file of your repository.',
        'git rm .github/workflows/rota.yml',
      );
    },
  };
}

function noCheckout(): RotaError {
  return new RotaError(
    'usage',
    'This is a bare repository: a workflow has to be committed.',
    'Run it in a clone.',
  );
}

function notOurs(path: string): RotaError {
  return new RotaError(
    'usage',
    `${path} is there and was not written by rota.`,
    `Rename it, or look at what would be written: rota schedule show --for actions`,
  );
}
