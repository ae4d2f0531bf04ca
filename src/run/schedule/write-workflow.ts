import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { agentOf } from '../../role/agent-of.ts';
import { actionsWorkflow } from '../../schedule/actions.ts';
import type { Planned, ScheduleFile } from '../../schedule/planned.ts';
import { readSettings } from '../../store/backlog/read-settings.ts';
import type { Project } from '../project/project.ts';
import { writeScheduleFile } from './write-schedule-file.ts';

/**
 * The workflow for GitHub Actions, in the checkout, for a person to look at and commit.
 *
 * @throws RotaError `config` for what GitHub cannot do; `usage` where a workflow of that name is somebody else's, or there is no
 *   checkout to write to
 */
export async function writeWorkflow(
  project: Project,
  planned: readonly Planned[],
  version: string,
  what: 'show' | 'write',
): Promise<ScheduleFile> {
  const { system, repository, branch, refs } = project;
  const { main } = await refs.last();
  const { config, roles } = await readSettings(system, repository, main);
  const used = roles.flatMap((role) => agentOf(role, config)?.agent ?? []);
  const { env, integrate } = config;
  const file = actionsWorkflow(planned, { branch, version, agents: used, env, integrate });
  if (what === 'show') return file;
  if (repository.checkout === null) throw noCheckout();
  const path = join(repository.checkout, file.path);
  const there = (await system.files.readIfThere(path))?.toString('utf8');
  const [mark] = file.text.split('\n', 1);
  if (there !== undefined && !there.startsWith(`${mark}\n`)) throw notOurs(file.path);
  await writeScheduleFile(system, { path, text: file.text });
  return file;
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
