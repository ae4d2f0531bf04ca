import type { ParsedFile, Task, TaskKey } from '../../task/task.ts';

/** One file of the backlog as it was parsed. `oid` is empty for what is no plain file (its mode decides, not its blob). */
export interface CachedFile {
  readonly path: string;
  readonly oid: string;
  readonly parsed: ParsedFile;
}

export interface CachedBacklog {
  /** Object id of the `backlog` tree that these are all the files of. */
  readonly tree: string;
  readonly files: readonly CachedFile[];
}

/** As compact as JSON gets, in arrays: reading it is most of what listing a large backlog costs. Null: the default. */
type TaskRow = readonly [
  ...where: [path: string, oid: string, layout: number],
  ...names: [id: string, key: string | null, title: string, role: string | null, epic: string | null],
  ...kinds: [
    type: Task['type'] | null,
    priority: Task['priority'] | null,
    status: Task['status'] | null,
    order: number | null,
  ],
  ...lists: [depends: readonly string[] | null, touches: readonly string[] | null],
  ...rest: [repeat: string | null, notBefore: string | null, lock: Task['lock']],
];
/** What is no task. */
type OtherRow = readonly [path: string, oid: string, other: Exclude<ParsedFile, { kind: 'task' }>];
/** On which line each key of a file is; most files share a few layouts. */
type Layout = Readonly<Record<string, number>>;

export function encodeCache(parser: number, { tree, files }: CachedBacklog): string {
  const layouts = new Map<string, number>();
  const rows = files.map(({ path, oid, parsed }): TaskRow | OtherRow => {
    if (parsed.kind !== 'task') return [path, oid, parsed];
    const layout = JSON.stringify(parsed.lines ?? {});
    if (!layouts.has(layout)) layouts.set(layout, layouts.size);
    return toRow(path, oid, layouts.get(layout) ?? 0, parsed.task);
  });
  return JSON.stringify({
    parser,
    tree,
    layouts: [...layouts.keys()].map((layout) => JSON.parse(layout)),
    rows,
  });
}

/** Null when the text is not what encodeCache wrote. Throws for text that is not JSON. */
export function decodeCache(parser: number, text: string): CachedBacklog | null {
  const value = JSON.parse(text) as {
    parser?: unknown;
    tree?: unknown;
    layouts?: unknown;
    rows?: unknown;
  } | null;
  if (value?.parser !== parser || typeof value.tree !== 'string') return null;
  if (!Array.isArray(value.layouts) || !Array.isArray(value.rows)) return null;
  const files: CachedFile[] = [];
  for (const row of value.rows as unknown[]) {
    const file = isTaskRow(row) ? fromRow(row, value.layouts) : isOtherRow(row) ? other(row) : null;
    if (file === null) return null;
    files.push(file);
  }
  return { tree: value.tree, files };
}

function toRow(path: string, oid: string, layout: number, task: Task): TaskRow {
  const { id, key, title, role, epic, order, depends, touches, repeat, notBefore, lock } = task;
  return [
    ...([path, oid, layout] as const),
    ...([id, key === id ? null : key, title, role, epic] as const),
    task.type === 'feature' ? null : task.type,
    task.priority === 'medium' ? null : task.priority,
    task.status === 'draft' ? null : task.status,
    order,
    depends.length === 0 ? null : depends,
    touches.length === 0 ? null : touches,
    ...([repeat, notBefore, lock] as const),
  ];
}

const NONE: readonly string[] = [];

function fromRow(row: TaskRow, layouts: readonly unknown[]): CachedFile | null {
  const [path, oid, layout, id, key, title, role, epic, type, priority, status, order, depends, touches] =
    row;
  const lines = layouts[layout] as Layout | undefined;
  if (lines === undefined) return null;
  const task: Task = {
    id,
    key: (key ?? id) as TaskKey,
    file: path,
    title,
    type: type ?? 'feature',
    priority: priority ?? 'medium',
    order,
    status: status ?? 'draft',
    role,
    epic,
    depends: depends ?? NONE,
    touches: touches ?? NONE,
    repeat: row[14],
    notBefore: row[15],
    lock: row[16],
  };
  return { path, oid, parsed: { kind: 'task', task, lines } };
}

function other([path, oid, parsed]: OtherRow): CachedFile {
  return { path, oid, parsed };
}

function isTaskRow(row: unknown): row is TaskRow {
  if (!Array.isArray(row) || row.length !== 17) return false;
  const [path, oid, layout, id, , title] = row as unknown[];
  return [path, oid, id, title].every((value) => typeof value === 'string') && typeof layout === 'number';
}

function isOtherRow(row: unknown): row is OtherRow {
  if (!Array.isArray(row) || typeof row[0] !== 'string' || typeof row[1] !== 'string') return false;
  const { kind, file, problems } = (row[2] ?? {}) as { kind?: unknown; file?: unknown; problems?: unknown };
  return file === row[0] && (kind === 'not-a-task' || (kind === 'malformed' && Array.isArray(problems)));
}
