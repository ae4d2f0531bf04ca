import type { Task } from '../../src/task/task.ts';

/** A problem as it must be reported: line, rule, how its message begins. */
type Expected = readonly [line: number, rule: string, message: string];

/** One file of the corpus and what must become of it. */
export interface CorpusFile {
  /** In the folder of its class. */
  readonly name: string;
  /** The path that it is read as. */
  readonly path: string;
  /** What is special about it. */
  readonly why: string;
  readonly expected:
    | { readonly kind: 'malformed'; readonly problems: readonly Expected[] }
    | { readonly kind: 'task'; readonly values: Partial<Omit<Task, 'key'>> & { readonly key?: string } }
    | { readonly kind: 'not-a-task' };
}

/** A file that must be named with exactly these problems. */
export function problems(name: string, why: string, found: readonly Expected[], path?: string): CorpusFile {
  return { name, path: path ?? `backlog/${name}`, why, expected: { kind: 'malformed', problems: found } };
}

/** A file that must be read as a task with these values. */
export function reads(
  name: string,
  why: string,
  values: Partial<Omit<Task, 'key'>> & { readonly key?: string },
  path?: string,
): CorpusFile {
  return { name, path: path ?? `backlog/${name}`, why, expected: { kind: 'task', values } };
}

/** A file that must be left alone. */
export function staysOut(name: string, why: string): CorpusFile {
  return { name, path: `backlog/${name}`, why, expected: { kind: 'not-a-task' } };
}
