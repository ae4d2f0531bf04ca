import { realpathSync } from 'node:fs';
import { RotaError } from '../../errors.ts';
import { closestName } from '../../role/closest-name.ts';
import type { Project } from '../../run/project/project.ts';
import { chooseInstaller } from '../../run/schedule/choose-installer.ts';
import { type Installer, type InstallerParts, SCHEDULERS } from '../../run/schedule/installer.ts';
import { placeOf } from '../../run/schedule/place.ts';
import { readScheduleStatus } from '../../run/schedule/schedule-status.ts';
import { readUsers } from '../../run/schedule/start-files.ts';
import { planSchedule } from '../../schedule/plan-schedule.ts';
import type { Place, Planned } from '../../schedule/planned.ts';
import { readSettings } from '../../store/backlog/read-settings.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';
import type { Action, Options } from '../command-spec.ts';
import { choiceOption, textOption } from '../options.ts';
import { scheduleFileLines, scheduleStatusLines } from '../text/schedule-lines.ts';
import { withProject } from '../with-project.ts';

const ACTIONS: Readonly<Record<string, Action>> = { show, install, remove, status };

/** `rota schedule show|install|remove|status`: who starts the roles when nobody is there. */
export const schedule: Action = (cli, [given = 'show', ...args], options) => {
  const action = Object.hasOwn(ACTIONS, given) ? ACTIONS[given] : undefined;
  if (action !== undefined) return action(cli, args, options);
  const nearest = closestName(given, Object.keys(ACTIONS));
  throw new RotaError(
    'usage',
    `rota schedule does not know '${plainText(given).slice(0, 60)}'.`,
    `${nearest === null ? '' : `Did you mean ${nearest}? `}There are: show, install, remove, status.`,
  );
};

/** Everything that install would write. */
async function show(cli: Cli, _args: readonly string[], options: Options): Promise<number> {
  return withInstaller(cli, options, async ({ parts, installer, place }) => {
    const files = await installer.files(place, await planOf(parts.project));
    if (cli.json) cli.output.document({ for: installer.name, files });
    else for (const line of scheduleFileLines(files, cli.output)) cli.output.line(line);
    return 0;
  });
}

async function install(cli: Cli, _args: readonly string[], options: Options): Promise<number> {
  return withInstaller(cli, options, async ({ parts, installer, place }) => {
    const planned = await planOf(parts.project);
    if (planned.length > 0) return say(cli, installer, await installer.install(place, planned));
    const why = 'rota.yaml says `never` for each of them, or there is none.';
    throw new RotaError('config', 'There is no role to schedule.', why);
  });
}

/** Whatever rota.yaml says now: what starts roles can be ended when it cannot be read. */
async function remove(cli: Cli, _args: readonly string[], options: Options): Promise<number> {
  const named = choiceOption(options, 'for', SCHEDULERS) !== null;
  return withInstaller(cli, options, async ({ parts, installer, place }) => {
    // Without a name: everything of this place, whoever has it.
    const users = named ? null : await readUsers(cli.system, place);
    const others = SCHEDULERS.filter((name) => name !== installer.name && users?.includes(name));
    const all = [installer, ...(await Promise.all(others.map((name) => chooseInstaller(parts, name))))];
    const done: string[] = [];
    for (const one of all) done.push(...(await one.remove(place)));
    return say(cli, installer, done.length === 0 ? ['nothing was installed'] : done);
  });
}

async function status(cli: Cli): Promise<number> {
  return withProject(cli, SILENT, async (project) => {
    const place = placeOf(cli.system, project.repository, rotaCommand());
    const found = await readScheduleStatus(project, place, await planOf(project));
    if (cli.json) cli.output.document(found);
    else
      for (const line of scheduleStatusLines(found, cli.output, cli.system.clock.now()))
        cli.output.line(line);
    return 0;
  });
}

interface Chosen {
  readonly parts: InstallerParts;
  readonly installer: Installer;
  readonly place: Place;
}

function withInstaller(
  cli: Cli,
  options: Options,
  action: (chosen: Chosen) => Promise<number>,
): Promise<number> {
  const wished = choiceOption(options, 'for', SCHEDULERS);
  const image = textOption(options, 'image') ?? 'rota';
  const secret = textOption(options, 'secret') ?? 'rota';
  return withProject(cli, SILENT, async (project) => {
    const parts = { project, version: cli.version, image, secret };
    return action({
      parts,
      installer: await chooseInstaller(parts, wished),
      place: placeOf(cli.system, project.repository, rotaCommand()),
    });
  });
}

async function planOf(project: Project): Promise<Planned[]> {
  const { main } = await project.refs.last();
  const { config, roles } = await readSettings(project.system, project.repository, main);
  return planSchedule(roles, config.schedule);
}

/** How this very process was started; links are followed, for what they stand for may be another version tomorrow. */
function rotaCommand(): string[] {
  return [process.execPath, realpathSync(process.argv[1] ?? '')];
}

function say(cli: Cli, { name }: Installer, done: readonly string[]): number {
  if (cli.json) cli.output.document({ for: name, done });
  else for (const line of done) cli.output.line(plainText(line));
  return 0;
}

const SILENT = () => undefined;
