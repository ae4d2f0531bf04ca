import { join } from 'node:path';
import type { Outcome } from '../../events.ts';
import { isDead } from '../../store/home/owner.ts';
import { parseTaskId } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import { readRunFacts, runsFolder } from '../project/run-folder.ts';
import { parseEvent, type RememberedEvent } from './parse-event.ts';

/** One run of a task on this machine, as its folder remembers it. */
export interface RememberedRun {
  readonly run: string;
  readonly folder: string;
  /** Null: its `run.json` is missing or damaged. */
  readonly facts: {
    readonly role: string;
    readonly branch: string;
    readonly by: string;
    readonly since: string;
    readonly worktree: string | null;
    readonly outcome: Outcome | null;
    readonly ended: string | null;
  } | null;
  /** `died`: its process is gone and it never said how it ended. */
  readonly state: 'running' | 'ended' | 'died' | 'unknown';
  readonly events: readonly RememberedEvent[];
  /** Files that it left: prompts, outputs, what the gate said. */
  readonly files: readonly string[];
  /** What of it cannot be read, in words. */
  readonly problems: readonly string[];
}

/** A run writes some dozens of lines; what is larger was not written by rota. */
const MOST_BYTES = 8 * 1024 ** 2;
const MOST_EVENTS = 1000;

/** The runs of one task whose folders are still there, oldest first. Damaged ones are told, never thrown. */
export async function readRunsOf(project: Project, task: TaskKey): Promise<RememberedRun[]> {
  const { system, repository } = project;
  const parent = runsFolder(repository);
  const names = (await system.files.list(parent)).filter(({ kind }) => kind === 'folder');
  const found: RememberedRun[] = [];
  for (const { name } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const one = await readRun(project, task, name, join(parent, name));
    if (one !== null) found.push(one);
  }
  return found;
}

async function readRun(
  project: Project,
  task: TaskKey,
  run: string,
  folder: string,
): Promise<RememberedRun | null> {
  const { system, repository } = project;
  const facts = await readRunFacts(system, repository, run);
  if (facts !== null && parseTaskId(facts.task) !== task) return null;
  const text = await readEvents(project, join(folder, 'events.jsonl'));
  const lines = (text ?? '').split('\n').filter((line) => line !== '');
  // Without its notes a run is known by what its events say about themselves.
  if (facts === null && !lines.some((line) => taskOf(line) === task)) return null;
  const parsed = lines.map(parseEvent);
  const damaged = parsed.filter((event) => event === null).length;
  // A story of decisions, not of tool calls: those are for who watches.
  const events = parsed.filter(isTold);
  const problems = [
    ...(facts === null ? ['its run.json is missing or damaged'] : []),
    ...(text === null ? ["its events.jsonl is too large to be rota's"] : []),
    ...(damaged > 0 ? [`${damaged} of ${lines.length} lines of its events.jsonl cannot be read`] : []),
    ...(events.length > MOST_EVENTS
      ? [`only the last ${MOST_EVENTS} of ${events.length} events are shown`]
      : []),
  ];
  return {
    ...{ run, folder, facts, problems, events: events.slice(-MOST_EVENTS) },
    state: facts === null ? 'unknown' : facts.ended !== null ? 'ended' : await lifeOf(project, facts),
    files: (await system.files.list(folder)).map(({ name }) => name).sort(),
  };
}

async function lifeOf({ system }: Project, facts: Parameters<typeof isDead>[1]): Promise<'running' | 'died'> {
  return (await isDead(system, facts)) ? 'died' : 'running';
}

/** Null: it is too large. A folder or nothing in its place counts as empty. */
async function readEvents({ system }: Project, path: string): Promise<string | null> {
  const facts = await system.files.facts(path);
  if (facts?.kind !== 'file') return '';
  return facts.size > MOST_BYTES ? null : (await system.files.read(path)).toString('utf8');
}

function taskOf(line: string): TaskKey | null {
  try {
    const value: unknown = JSON.parse(line);
    const task = typeof value === 'object' && value !== null && 'task' in value ? value.task : null;
    return typeof task === 'string' ? parseTaskId(task) : null;
  } catch {
    return null;
  }
}

function isTold(one: RememberedEvent | null): one is RememberedEvent {
  return one !== null && one.event.type !== 'activity';
}
