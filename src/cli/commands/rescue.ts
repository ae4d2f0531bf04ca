import { resolve } from 'node:path';
import { RotaError } from '../../errors.ts';
import { closestName } from '../../role/closest-name.ts';
import { findRescue } from '../../run/rescue/find-rescue.ts';
import { listKeptFolders } from '../../run/rescue/kept-folders.ts';
import { listRescues } from '../../run/rescue/list-rescues.ts';
import type { RescueRef } from '../../run/rescue/rescue-refs.ts';
import { restoreToBranch, restoreToFolder } from '../../run/rescue/restore-rescue.ts';
import { showRescue } from '../../run/rescue/show-rescue.ts';
import { listAsides } from '../../store/home/list-asides.ts';
import { parseTaskId } from '../../task/id.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';
import type { Action, Options } from '../command-spec.ts';
import { rescueDocument, rescueListDocument, shownRescueDocument } from '../documents/rescue-document.ts';
import { flagOption, textOption } from '../options.ts';
import { rescueDetails } from '../text/rescue-details.ts';
import { rescueList } from '../text/rescue-list.ts';
import { withProject } from '../with-project.ts';

const ACTIONS: Readonly<Record<string, Action>> = { list, show, restore };

/** `rota rescue list|show|restore`: what was kept instead of being thrown away. */
export const rescue: Action = (cli, [given = 'list', ...args], options) => {
  const action = Object.hasOwn(ACTIONS, given) ? ACTIONS[given] : undefined;
  if (action !== undefined) return action(cli, args, options);
  const nearest = closestName(given, Object.keys(ACTIONS));
  throw new RotaError(
    'usage',
    `rota rescue does not know '${plainText(given).slice(0, 60)}'.`,
    `${nearest === null ? '' : `Did you mean ${nearest}? `}There are: list, show ID, restore ID.`,
  );
};

/** Everything that is kept; with an id only what was rescued for that task. */
async function list(cli: Cli, [id]: readonly string[], options: Options): Promise<number> {
  refuseTargets(options);
  return withProject(cli, SILENT, async (project) => {
    const wanted = id === undefined ? null : (parseTaskId(id) ?? id);
    const [rescues, held, folders] = await Promise.all([
      listRescues(project, ({ task }) => wanted === null || task === wanted),
      wanted === null ? listAsides(project.system, project.repository) : [],
      wanted === null ? listKeptFolders(project) : [],
    ]);
    const kept = rescueListDocument({ rescues, held, folders });
    if (cli.json) cli.output.document(kept);
    else for (const line of rescueList(kept, cli.output, cli.system.clock.now())) cli.output.line(line);
    return 0;
  });
}

async function show(cli: Cli, [name]: readonly string[], options: Options): Promise<number> {
  refuseTargets(options);
  return withProject(cli, SILENT, async (project) => {
    const shown = await showRescue(project, await findRescue(project, nameOf(name)));
    const document = shownRescueDocument(shown);
    if (cli.json) cli.output.document(document);
    else
      for (const line of rescueDetails(document, cli.output, cli.system.clock.now())) cli.output.line(line);
    return shown.problem === null ? 0 : 3;
  });
}

/** Into a new folder, or (also by default) onto a new branch. Nothing that is there is touched. */
async function restore(cli: Cli, [name]: readonly string[], options: Options): Promise<number> {
  const [to, branch] = [textOption(options, 'to'), textOption(options, 'branch')];
  if (to !== null && branch !== null)
    throw new RotaError('usage', '--to and --branch do not go together.', 'Give one of them.');
  if (to === '') throw new RotaError('usage', '--to needs a folder.', 'For example: --to ../rescued');
  return withProject(cli, SILENT, async (project) => {
    const found = await findRescue(project, nameOf(name));
    const commit = commitOf(found, flagOption(options, 'staged'));
    const about = { ...rescueDocument(found), commit };
    if (to !== null) {
      const done = await restoreToFolder(project, commit, resolve(cli.folder, to));
      if (cli.json)
        cli.output.document({ ...about, folder: done.folder, files: done.files, links: done.links });
      else cli.output.line(`${plainText(found.name)}: ${count(done.files)} in ${plainText(done.folder)}`);
      for (const link of done.links)
        cli.output.note(`${plainText(link)} is a link that leads out of this folder; it was not followed.`);
    } else {
      const made = await restoreToBranch(project, commit, branch ?? defaultBranch(found));
      if (cli.json) cli.output.document({ ...about, restored: made });
      else cli.output.line(`${plainText(found.name)}: branch ${plainText(made)}, at ${commit.slice(0, 10)}`);
    }
    return 0;
  });
}

const SILENT = () => undefined;

function nameOf(name: string | undefined): string {
  if (name !== undefined) return name;
  throw new RotaError('usage', 'Which rescue?', 'rota rescue list names those that are.');
}

function commitOf({ name, commit, staged, problem }: RescueRef, wantsStaged: boolean): string {
  if (problem !== null)
    throw new RotaError('git', `${plainText(name)} cannot be read: ${problem}.`, 'git fsck');
  if (!wantsStaged) return commit;
  if (staged !== null) return staged;
  throw new RotaError('usage', `Nothing was staged in ${plainText(name)}.`, 'Leave --staged out.');
}

/** Options of `restore` would be ignored elsewhere. */
function refuseTargets(options: Options): void {
  const given = ['to', 'branch', 'staged'].find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new RotaError('usage', `--${given} belongs to restore.`, 'rota rescue restore ID');
}

/** Safe in a ref: the name is a part of one already. */
function defaultBranch({ name }: RescueRef): string {
  return `rescue/${name}`;
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
