import type { Task, TaskKey } from '../task/task.ts';
import { plainText } from '../task/text.ts';
import { touchesProblem } from '../task/touches.ts';
import { type MetConflict, readMetConflicts } from './met-conflict.ts';
import { globsOverlap } from './overlap.ts';
import type { TaskRecord } from './record.ts';

/** As many globs as a person would write by hand. */
const MOST_GLOBS = 4;
const MOST_TASKS = 4;

/**
 * What `touches` would have avoided the newest conflict that this task met, in words; null: it met none that is known, or
 * both tasks say it by now. Tasks whose `touches` overlap are not worked on at the same time.
 */
export function touchesAdvice(
  task: Task,
  record: TaskRecord | null,
  find: (key: TaskKey) => Task | null,
): string | null {
  if (record === null || task.status === 'done' || task.status === 'dropped') return null;
  const met = newestMet(record).filter((one) => one.task !== task.key);
  if (met.length === 0) return null;
  const landings = met.filter(({ task: key }) => key !== null);
  if (landings.length === 0) {
    return `its last conflict, in ${listed(filesOf(met))}, was with commits of no task: \`touches\` keeps only tasks apart`;
  }
  const missing = landings.filter((one) => !keptApart(task, find(one.task!)));
  if (missing.length === 0) return null;
  const tasks = missing.map(({ task: key }) => find(key!)?.id ?? key!);
  const files = filesOf(missing);
  const globs = globsFor(files);
  if (globs.length === 0) return null;
  return (
    `its last conflict was with ${andList(tasks)} in ${listed(files)}; \`touches: [${globs.map(inYaml).join(', ')}]\` in ` +
    `${tasks.length === 1 ? 'both' : 'all of them'} would have kept them apart`
  );
}

/** Of the newest note that has any: a later run may have ended for another reason, and met none. */
function newestMet({ notes }: TaskRecord): MetConflict[] {
  for (const { text } of [...notes].reverse()) {
    const met = readMetConflicts(text);
    if (met.length > 0) return met;
  }
  return [];
}

/** Their `touches` overlap by now. A task that is gone can be given none. */
function keptApart(mine: Task, their: Task | null): boolean {
  if (their === null) return true;
  return mine.touches.some((one) => their.touches.some((other) => globsOverlap(one, other)));
}

function filesOf(met: readonly MetConflict[]): string[] {
  return [...new Set(met.flatMap(({ files }) => files))];
}

/** The files themselves; many of them by their folders, as long as that leaves any folder. */
function globsFor(files: readonly string[]): string[] {
  const depth = Math.max(...files.map((file) => file.split('/').length)) - 1;
  let globs = [...new Set(files.map(literally))];
  for (let parts = depth; parts > 0 && globs.length > MOST_GLOBS; parts -= 1)
    globs = [...new Set(files.map((file) => folderOf(file, parts)))];
  return globs.filter((glob) => touchesProblem(glob) === null).slice(0, MOST_GLOBS);
}

function folderOf(file: string, parts: number): string {
  const folders = file.split('/').slice(0, -1);
  return folders.length === 0 ? literally(file) : `${literally(folders.slice(0, parts).join('/'))}/**`;
}

/** A name that is a pattern, too, with its signs as any one character. */
function literally(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|"^$]/g, '?');
}

/** Plain in a flow list, or in quotes. */
function inYaml(glob: string): string {
  return /^[\w./][\w./*-]*$/.test(glob) ? glob : JSON.stringify(glob);
}

function listed(files: readonly string[]): string {
  const shown = files.slice(0, MOST_GLOBS).map(plainText);
  return andList(files.length > shown.length ? [...shown, `${files.length - shown.length} more`] : shown);
}

function andList(items: readonly string[]): string {
  const shown = items.slice(0, MOST_TASKS + 1);
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
