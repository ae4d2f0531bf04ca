import type { ProposedTask } from '../../agent/result.ts';
import { RotaError } from '../../errors.ts';
import { emptyRecord } from '../../plan/empty-record.ts';
import type { LockRecord } from '../../plan/record.ts';
import type { TreeChange } from '../../store/make-commit.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { RefChange } from '../../store/shared-refs.ts';
import { editTask } from '../../task/edit.ts';
import { taskKey } from '../../task/id.ts';
import { nextId, renderTask, taskFileName } from '../../task/new-task.ts';
import { parseTaskFile } from '../../task/parse.ts';
import type { Task } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot } from '../project/snapshot.ts';

/** Files of proposed tasks under ids that nobody else can take any more. */
export interface Proposals {
  readonly added: readonly TreeChange[];
  /** Deletes the reservations: part of the landing's transaction, or of giving up. */
  readonly reserved: readonly RefChange[];
}

export const NO_PROPOSALS: Proposals = { added: [], reserved: [] };

const TRIES = 20;

/**
 * Reserves an id for each proposed task by creating its ref, so that two machines never give the same one, and renders
 * the files. They arrive as drafts. A reservation names the run, so that a sweep frees those of a dead one.
 */
export async function proposeTasks(
  project: Project,
  lock: LockRecord,
  tasks: readonly ProposedTask[],
): Promise<Proposals> {
  if (tasks.length === 0) return NO_PROPOSALS;
  for (let tries = 0; tries < TRIES; tries++) {
    const { taken, prefix } = await takenIds(project);
    const ids = new Map<string, string>();
    for (const task of tasks) ids.set(task.id, nextId(prefix, [...taken, ...ids.values()]));
    const reserved = await reserve(project, lock, [...ids.values()]);
    if (reserved !== null) return { added: tasks.map((task) => fileOf(task, ids)), reserved };
  }
  throw othersAreFaster();
}

/**
 * Reserves the ids of tasks that were proposed before and whose landing had to wait. An id that somebody else has taken
 * meanwhile is replaced, in its file and where the other proposals name it.
 */
export async function proposeAgain(
  project: Project,
  lock: LockRecord,
  files: readonly TreeChange[],
): Promise<Proposals> {
  const proposed = files.flatMap(({ path, content }) => {
    const text = Buffer.from(content ?? '').toString('utf8');
    const parsed = parseTaskFile(path, Buffer.from(text));
    return parsed.kind === 'task' ? [{ task: parsed.task, text }] : [];
  });
  if (proposed.length === 0) return NO_PROPOSALS;
  for (let tries = 0; tries < TRIES; tries++) {
    const { taken, prefix } = await takenIds(project);
    const wanted = proposed.map(({ task }) => task.id);
    const ids = new Map<string, string>();
    for (const { key, id } of proposed.map(({ task }) => task))
      ids.set(id, taken.includes(key) ? nextId(prefix, [...taken, ...wanted, ...ids.values()]) : id);
    const reserved = await reserve(project, lock, [...ids.values()]);
    if (reserved !== null) return { added: proposed.map((one) => renumber(one, ids)), reserved };
  }
  throw othersAreFaster();
}

function renumber(
  { task, text }: { task: Task; text: string },
  ids: ReadonlyMap<string, string>,
): TreeChange {
  const resolve = (id: string) => ids.get(id) ?? id;
  const id = resolve(task.id);
  const depends = task.depends.map(resolve);
  const epic = task.epic === null ? null : resolve(task.epic);
  const content = editTask(text, {
    ...(id === task.id ? {} : { id }),
    ...(depends.join() === task.depends.join() ? {} : { depends }),
    ...(epic === task.epic ? {} : { epic }),
  });
  return { path: id === task.id ? task.file : `backlog/${taskFileName(id, task.title)}`, content };
}

async function takenIds(project: Project): Promise<{ taken: string[]; prefix: string }> {
  const { backlog, records, config } = await readSnapshot(project, true);
  const taken = [...backlog.byKey.keys(), ...backlog.unusable.keys(), ...records.keys()].map(String);
  return { taken, prefix: config.prefix };
}

function othersAreFaster(): RotaError {
  return new RotaError(
    'stale',
    `No ids could be reserved in ${TRIES} tries; others are adding tasks.`,
    'Run it again.',
  );
}

async function reserve(
  project: Project,
  lock: LockRecord,
  ids: readonly string[],
): Promise<RefChange[] | null> {
  const created = await Promise.all(
    ids.map(async (id): Promise<RefChange> => {
      const record = { ...emptyRecord(id, 'reserved'), lock };
      const to = await project.records.write(record, { previous: null });
      return { ref: taskRef(taskKey(id)), from: null, to };
    }),
  );
  const result = await project.refs.swap(created);
  if (result.kind === 'stale') return null;
  if (result.kind !== 'swapped')
    throw new RotaError('remote', `No ids could be reserved: ${result.reason}`, 'Run it again.');
  return created.map(({ ref, to }) => ({ ref, from: to, to: null }));
}

function fileOf(
  { id, title, type, priority, depends, touches, epic, body }: ProposedTask,
  ids: ReadonlyMap<string, string>,
): TreeChange {
  const known = ids.get(id)!;
  const resolve = (name: string) => ids.get(name) ?? name;
  const content = renderTask({
    id: known,
    title,
    type: type ?? undefined,
    priority: priority ?? undefined,
    status: 'draft',
    epic: epic === null ? undefined : resolve(epic),
    depends: depends.map(resolve),
    touches,
    body,
  });
  return { path: `backlog/${taskFileName(known, title)}`, content };
}
