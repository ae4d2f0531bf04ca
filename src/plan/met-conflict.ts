import type { ConflictMaterial } from '../role/conflict-material.ts';
import { parseTaskId } from '../task/id.ts';
import type { TaskKey } from '../task/task.ts';
import { plainText } from '../task/text.ts';

/** What a run could not merge, and with whom. */
export interface MetConflict {
  /** The task whose landing changed these files on main; null: a commit that is no landing did. */
  readonly task: TaskKey | null;
  readonly files: readonly string[];
}

const LINE = /^met (?:landing of (\S+)|other commits) in (\[.*\])$/;
const MOST_LINES = 6;
const MOST_FILES = 8;
/** A longer path in a note would push out what else it says. */
const MOST_PATH = 160;

/**
 * Lines for the note of a run that met a conflict, which readMetConflicts reads: `met landing of A31 in ["src/a.ts"]`, or
 * `met other commits in [...]`. Null: nothing is known. At most six lines of eight files.
 */
export function metLines({ files, log }: ConflictMaterial): string | null {
  const names = files.map(({ file }) => file).filter((file) => file.length <= MOST_PATH);
  const met = new Map<TaskKey | null, Set<string>>();
  for (const { task, files: changed } of log) {
    const key = task === null ? null : parseTaskId(task);
    for (const file of changed)
      if (names.includes(file)) met.set(key, (met.get(key) ?? new Set<string>()).add(file));
  }
  const lines = [...met].slice(0, MOST_LINES).map(([task, changed]) => {
    const who = task === null ? 'other commits' : `landing of ${task}`;
    return `met ${who} in ${JSON.stringify([...changed].slice(0, MOST_FILES).map(plainText))}`;
  });
  return lines.length === 0 ? null : lines.join('\n');
}

/** What metLines wrote, out of a note's text. Lines that are cut or not quite so are left out. */
export function readMetConflicts(note: string): MetConflict[] {
  return note.split('\n').flatMap((line) => {
    const match = LINE.exec(line);
    const files = match === null ? null : listOf(match[2]!);
    if (match === null || files === null) return [];
    const task = match[1] === undefined ? null : parseTaskId(match[1]);
    return match[1] !== undefined && task === null ? [] : [{ task, files }];
  });
}

function listOf(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
      ? value
      : null;
  } catch {
    return null;
  }
}
