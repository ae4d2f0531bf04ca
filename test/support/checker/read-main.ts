import { parse } from 'yaml';
import type { GitReader } from './git-reader.ts';

/** A commit of main's first-parent history. */
export interface MainCommit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly subject: string;
  /** Address of who made it. */
  readonly committer: string;
  /** Trailers as git reads them. */
  readonly trailers: ReadonlyMap<string, readonly string[]>;
}

/** A task file at main's tip. */
export interface TaskOnMain {
  readonly id: string;
  readonly path: string;
  readonly status: string;
  readonly standing: boolean;
  /** The run that its lock block names; null: no block, or a person's. */
  readonly lockRun: string | null;
}

/** Main's history by first parents, oldest first. */
export function mainHistory(shared: GitReader, branch: string): MainCommit[] {
  const format = '%H%x1f%T%x1f%P%x1f%s%x1f%ce%x1f%(trailers:only,unfold)%x1e';
  const text = shared.git('log', '--first-parent', '--reverse', `--format=${format}`, `refs/heads/${branch}`);
  return text
    .split('\x1e')
    .map((entry) => entry.replace(/^\n/, '').split('\x1f'))
    .filter((fields) => fields.length === 6)
    .map(([id, tree, parents, subject, committer, trailers]) => ({
      ...{
        id: id!,
        tree: tree!,
        subject: subject!,
        committer: committer!,
        parents: parents!.split(' ').filter(Boolean),
      },
      trailers: trailersOf(trailers!),
    }));
}

/** A commit with which a task's work came to main. */
export function isLanding({ trailers }: MainCommit): boolean {
  return trailers.has('Task') && trailers.has('Run') && trailers.has('Gated');
}

/** The task files at a commit, by id; files that are none are left out. */
export function tasksAt(shared: GitReader, commit: string): Map<string, TaskOnMain> {
  const found = new Map<string, TaskOnMain>();
  const paths = shared.git('ls-tree', '-r', '-z', '--name-only', commit, '--', 'backlog/').split('\0');
  for (const path of paths.filter((name) => name.endsWith('.md'))) {
    const matter = frontMatter(shared.bytes(`${commit}:${path}`)?.toString('utf8') ?? '');
    if (matter === null) continue;
    const id = String(matter['id'] ?? /^backlog\/(?:.*\/)?([A-Z]+-?[0-9]+)/.exec(path)?.[1] ?? path);
    const lock = matter['lock'] as { run?: unknown } | null | undefined;
    found.set(id, {
      ...{ id, path, status: String(matter['status'] ?? 'draft').toLowerCase() },
      standing: matter['repeat'] !== undefined,
      lockRun: typeof lock?.run === 'string' ? lock.run : null,
    });
  }
  return found;
}

/** Entries of a tree's first level, without the backlog: equal lists are equal trees. */
export function outsideBacklog(reader: GitReader, tree: string): string | null {
  const text = reader.tryGit(['ls-tree', '-z', tree]);
  return text === null
    ? null
    : text
        .split('\0')
        .filter((line) => !line.endsWith('\tbacklog'))
        .join('\0');
}

function frontMatter(text: string): Record<string, unknown> | null {
  const match = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(text);
  if (match === null) return null;
  try {
    const value: unknown = parse(match[1]!);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function trailersOf(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z][A-Za-z0-9-]*): (.+)$/.exec(line);
    if (match !== null) found.set(match[1]!, [...(found.get(match[1]!) ?? []), match[2]!]);
  }
  return found;
}
