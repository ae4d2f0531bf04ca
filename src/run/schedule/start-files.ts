import { dirname } from 'node:path';
import type { Place, ScheduleFile } from '../../schedule/planned.ts';
import { startScript, startScriptOf, usersOf } from '../../schedule/start-script.ts';
import type { System } from '../../system/ports.ts';
import type { SchedulerName } from './installer.ts';
import { removeScheduleFile, writeScheduleFile } from './write-schedule-file.ts';

const TEMPLATE =
  '# Variables for agents, a line each: NAME=value. They are yours: rota reads them and changes nothing here.\n';

/** The script with this scheduler among those that call it. */
export async function startFor(system: System, place: Place, user: SchedulerName): Promise<ScheduleFile> {
  const others = (await readUsers(system, place))?.filter((name) => name !== user) ?? [];
  return startScript(place, [...others, user].toSorted());
}

/** Writes the script that a scheduler calls, and an empty file for variables that nobody else can read, if there is none. */
export async function writeStart(system: System, place: Place, user: SchedulerName): Promise<ScheduleFile> {
  const script = await startFor(system, place, user);
  await writeScheduleFile(system, script, 0o755);
  if ((await system.files.facts(place.envFile)) === null)
    await system.files.write(place.envFile, TEMPLATE, { mode: 0o600 });
  return script;
}

/** Takes the script away when no other scheduler calls it, and variables if there are none. Says what it did. */
export async function removeStart(system: System, place: Place, user: SchedulerName): Promise<string[]> {
  const { files } = system;
  const path = startScriptOf(place);
  const users = await readUsers(system, place);
  if (users === null) return [];
  const others = users.filter((name) => name !== user);
  if (others.length > 0) {
    if (others.length < users.length) await writeScheduleFile(system, startScript(place, others), 0o755);
    return [];
  }
  await removeScheduleFile(system, path);
  const variables = (await files.readIfThere(place.envFile))?.toString('utf8');
  if (variables !== undefined && variables !== TEMPLATE)
    return [`removed ${path}`, `left ${place.envFile}: your variables are in it`];
  await removeScheduleFile(system, place.envFile);
  if ((await files.list(dirname(path))).length === 0) await files.removeFolder(dirname(path));
  return [`removed ${path}`];
}

/** The schedulers that call the script of this place; null: there is none. */
export async function readUsers({ files }: System, place: Place): Promise<string[] | null> {
  const text = (await files.readIfThere(startScriptOf(place)))?.toString('utf8');
  return text === undefined ? null : usersOf(text);
}
