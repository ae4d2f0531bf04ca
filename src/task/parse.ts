import type { Problem } from '../errors.ts';
import { decodeTaskFile } from './decode.ts';
import { readFields, TASK_KEYS } from './fields.ts';
import { readFrontMatter } from './front-matter.ts';
import { idFromFileName, parseTaskId } from './id.ts';
import { scanFrontMatter } from './scan.ts';
import { splitFrontMatter } from './split.ts';
import type { ParsedFile } from './task.ts';

/**
 * One file of the backlog as a task, or every problem it has with its line. `file` is its path from the repository's
 * root. A file without front-matter is a (malformed) task only if its name starts with an id; README.md and the like
 * are left alone. Never throws for bad content.
 */
export function parseTaskFile(file: string, bytes: Uint8Array): ParsedFile {
  if (OTHERS.test(file)) return { kind: 'not-a-task', file };
  const decoded = decodeTaskFile(bytes);
  if ('message' in decoded)
    return malformed(file, idFromFileName(file), [problem(file, 'encoding', decoded)]);
  const split = splitFrontMatter(decoded.text);
  if (split.kind === 'broken')
    return malformed(file, idFromFileName(file), [problem(file, 'front-matter', split)]);
  if (!split.hasFrontMatter) {
    const fileId = idFromFileName(file);
    if (fileId === null) return { kind: 'not-a-task', file };
    const message =
      'no front-matter; a task file starts with a `---` line, `title: …` and another `---` line';
    return malformed(file, fileId, [problem(file, 'front-matter', { line: 1, message })]);
  }
  const scanned = scanFrontMatter(split.matter, 2);
  if (scanned !== null) {
    const lineOf = (path: readonly (string | number)[]) => scanned.lines[String(path[0])] ?? 1;
    return fromData(file, scanned.data, lineOf, scanned.lines);
  }
  const read = readFrontMatter(decoded.text);
  if (read.kind === 'read') {
    return fromData(file, read.data, (path) => (path.length === 0 ? 1 : read.lineOf(path)));
  }
  return malformed(
    file,
    idFromFileName(file),
    read.problems.map((found) => problem(file, 'front-matter', found)),
  );
}

const OTHERS = /(?:^|\/)(?:readme|agents|claude|contributing|changelog|license|index)\.md$/i;

type LineOf = (path: readonly (string | number)[]) => number;

function fromData(
  file: string,
  data: Readonly<Record<string, unknown>>,
  lineOf: LineOf,
  lines?: Readonly<Record<string, number>>,
): ParsedFile {
  const { task, problems } = readFields(file, data, lineOf);
  if (task === null || problems.length > 0) return malformed(file, readableId(file, data), problems);
  const known = TASK_KEYS.filter((key) => lines === undefined && Object.hasOwn(data, key));
  return { kind: 'task', task, lines: lines ?? Object.fromEntries(known.map((key) => [key, lineOf([key])])) };
}

/** A malformed task is still named by its id where one can be read. */
function readableId(file: string, data: Readonly<Record<string, unknown>>): string | null {
  const own = Object.hasOwn(data, 'id') ? data['id'] : null;
  return typeof own === 'string' && parseTaskId(own) !== null ? own : idFromFileName(file);
}

function malformed(file: string, id: string | null, problems: readonly Problem[]): ParsedFile {
  return { kind: 'malformed', file, id, problems };
}

function problem(file: string, rule: string, found: { line: number; message: string }): Problem {
  return { file, line: found.line, rule, message: found.message };
}
