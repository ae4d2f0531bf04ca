import { RotaError } from '../../errors.ts';
import { assembleBacklog } from '../../store/backlog/assemble-backlog.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import { parseTaskId } from '../../task/id.ts';
import { parseTaskFile } from '../../task/parse.ts';
import type { ParsedFile, TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot, type Snapshot } from '../project/snapshot.ts';
import { readCheckoutFiles } from './checkout-files.ts';

/**
 * Where people edit tasks. With `integrate: merge` that is main; with pull requests it is the folder that the command was
 * started in, laid over main: what was written there and is not merged yet can be edited on.
 */
export interface EditedBacklog extends Snapshot {
  /** The folder's task files; null: main itself is edited. */
  readonly here: ReadonlyMap<string, Buffer> | null;
}

/** @throws RotaError `repository` when there is no folder to write to */
export async function readEditedBacklog(project: Project, snapshot: Snapshot): Promise<EditedBacklog> {
  if (snapshot.config.integrate === 'merge') return { ...snapshot, here: null };
  const { repository, system } = project;
  if (repository.checkout === null)
    throw new RotaError(
      'repository',
      'With `integrate: pr` tasks are written into a checkout, and this repository has none here.',
      'Run it in a clone, and propose the change from there.',
    );
  const read = await readCheckoutFiles(system.files, repository.checkout, 'backlog');
  const here = new Map(read.flatMap(({ file, bytes }) => (bytes === null ? [] : [[file, bytes] as const])));
  const written = [...here].map(([file, bytes]) => parseTaskFile(file, bytes));
  const keys = new Set(written.map(keyOf).filter((key) => key !== null));
  const others = snapshot.backlog.files.filter((parsed) => {
    const key = keyOf(parsed);
    return !here.has(fileOf(parsed)) && (key === null || !keys.has(key));
  });
  return { ...snapshot, backlog: assembleBacklog(snapshot.view.main, [...others, ...written]), here };
}

/** The text of a task file, from where it is edited. */
export async function readEditedText(
  project: Project,
  { here, view }: Pick<EditedBacklog, 'here' | 'view'>,
  file: string,
): Promise<string> {
  const bytes = here?.get(file) ?? (await readFileAt(project.system, project.repository, view.main, file));
  return bytes?.toString('utf8') ?? '';
}

/** The file of a task where it is edited, readable or not; null: there is none. */
export async function findEditedFile(
  project: Project,
  key: TaskKey,
): Promise<{ readonly file: string; readonly text: string } | null> {
  const snapshot = await readEditedBacklog(project, await readSnapshot(project, true));
  const written = snapshot.backlog.files.find((parsed) => keyOf(parsed) === key);
  if (written === undefined) return null;
  return { file: fileOf(written), text: await readEditedText(project, snapshot, fileOf(written)) };
}

function keyOf(parsed: ParsedFile): TaskKey | null {
  if (parsed.kind === 'task') return parsed.task.key;
  return parsed.kind === 'malformed' && parsed.id !== null ? parseTaskId(parsed.id) : null;
}

function fileOf(parsed: ParsedFile): string {
  return parsed.kind === 'task' ? parsed.task.file : parsed.file;
}
