import { join } from 'node:path';
import { parseTaskId } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import { readRunFacts, runsFolder } from '../project/run-folder.ts';
import { fileTrouble } from '../usage/file-trouble.ts';
import type { ActiveRun } from './active-run.ts';

/** Why a gate was red, as its agent is told. */
export interface LastFailure {
  readonly name: string;
  readonly output: string;
  /** The turn that led to it, counted from 1. */
  readonly turn: number;
}

const NAME = 'failure.json';
/** What is longer was not written by rota. */
const MOST_BYTES = 256 * 1024;

/** Keeps the newest failure with its run, for `rota prompt --turn fix`. That it cannot be written is no reason to fail. */
export async function noteFailure({ project, folder }: ActiveRun, failure: LastFailure): Promise<void> {
  try {
    await project.system.files.writeWhole(folder.file(NAME), `${JSON.stringify(failure)}\n`);
  } catch (error) {
    if (fileTrouble(error) === null) throw error;
  }
}

/** The newest failure of this machine's runs of a task; null: none is kept. */
export async function readLastFailure(project: Project, task: TaskKey): Promise<LastFailure | null> {
  const { system, repository } = project;
  const parent = runsFolder(repository);
  const names = (await system.files.list(parent))
    .filter(({ kind }) => kind === 'folder')
    .map(({ name }) => name);
  // Ids begin with the time.
  for (const run of names.sort().reverse()) {
    const facts = await readRunFacts(system, repository, run);
    if (facts === null || parseTaskId(facts.task) !== task) continue;
    const failure = await readFailure(project, join(parent, run, NAME));
    if (failure !== null) return failure;
  }
  return null;
}

async function readFailure({ system }: Project, path: string): Promise<LastFailure | null> {
  const facts = await system.files.facts(path);
  if (facts?.kind !== 'file' || facts.size > MOST_BYTES) return null;
  try {
    const value: unknown = JSON.parse((await system.files.read(path)).toString('utf8'));
    if (typeof value !== 'object' || value === null) return null;
    const { name, output, turn } = value as Record<string, unknown>;
    if (typeof name !== 'string' || typeof output !== 'string' || typeof turn !== 'number') return null;
    return { name, output, turn };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
