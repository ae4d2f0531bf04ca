import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { agentOf } from '../../role/agent-of.ts';
import { ACTIONS_MARK, ACTIONS_WORKFLOW, actionsWorkflow } from '../../schedule/actions.ts';
import type { Planned, ScheduleFile } from '../../schedule/planned.ts';
import { readSettings } from '../../store/backlog/read-settings.ts';
import type { Installer, InstallerParts } from './installer.ts';
import { removeScheduleFile, writeScheduleFile } from './write-schedule-file.ts';

/** A workflow for GitHub Actions, in the checkout, for a person to look at and commit. */
export function actionsInstaller({ project, version }: InstallerParts): Installer {
  const workflow = async (planned: readonly Planned[]): Promise<ScheduleFile> => {
    const { main } = await project.refs.last();
    const { config, roles } = await readSettings(project.system, project.repository, main);
    const agents = roles.flatMap((role) => agentOf(role, config)?.agent ?? []);
    const { env, integrate } = config;
    return actionsWorkflow(planned, { branch: project.branch, version, agents, env, integrate });
  };
  const readOurs = async (path: string): Promise<'none' | 'ours' | 'not ours'> => {
    const text = (await project.system.files.readIfThere(path))?.toString('utf8');
    if (text === undefined) return 'none';
    return text.startsWith(ACTIONS_MARK) ? 'ours' : 'not ours';
  };
  return {
    name: 'actions',
    files: async (_place, planned) => [await workflow(planned)],
    install: async (_place, planned) => {
      const { system, repository } = project;
      if (repository.checkout === null) throw noCheckout();
      const file = await workflow(planned);
      const path = join(repository.checkout, file.path);
      if ((await readOurs(path)) === 'not ours') throw notOurs(file.path);
      await writeScheduleFile(system, { path, text: file.text });
      return [`wrote ${file.path}: commit it, and add the secrets that it names`];
    },
    remove: async () => {
      const { system, repository } = project;
      if (repository.checkout === null) throw noCheckout();
      const path = join(repository.checkout, ACTIONS_WORKFLOW);
      const there = await readOurs(path);
      if (there === 'none') return [];
      if (there === 'not ours') throw notOurs(ACTIONS_WORKFLOW);
      await removeScheduleFile(system, path);
      return [`removed ${ACTIONS_WORKFLOW}: commit that`];
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
