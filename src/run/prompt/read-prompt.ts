import { join } from 'node:path';
import { promptFor } from '../../agent/presets/prompt-for.ts';
import { RotaError } from '../../errors.ts';
import { promptLimit } from '../../plan/prompt-limit.ts';
import type { TaskRecord } from '../../plan/record.ts';
import { agentOf, type RoleAgent } from '../../role/agent-of.ts';
import { findRole } from '../../role/find-role.ts';
import { fitPrompt } from '../../role/prompt-fit.ts';
import type { PromptParts, TurnParts } from '../../role/prompt-parts.ts';
import { fixTurn } from '../../role/prompt-turns.ts';
import { returnedTurn } from '../../role/returned-turn.ts';
import type { Role } from '../../role/role.ts';
import { readSettings, type Settings } from '../../store/backlog/read-settings.ts';
import type { SharedView } from '../../store/shared-refs.ts';
import type { Task, TaskKey } from '../../task/task.ts';
import { findTask } from '../backlog/find-task.ts';
import { branchFor } from '../claim/branch-for.ts';
import { proposedBranch } from '../claim/take-lock.ts';
import type { Project } from '../project/project.ts';
import { type LastFailure, readLastFailure } from '../work/last-failure.ts';
import { readPromptParts } from '../work/read-prompt-parts.ts';
import { RESULT_DESKS } from '../workplace/result-desk.ts';
import { commitOf } from '../worktree/ancestry.ts';

export interface PromptQuestion {
  readonly key: TaskKey;
  /** Null: the one that would take the task. */
  readonly role: string | null;
  /** The turn after a red gate instead of the first one. */
  readonly fix: boolean;
}

export interface ShownPrompt {
  readonly task: string;
  readonly role: string;
  readonly agent: string;
  readonly branch: string;
  readonly worktree: string;
  /** With `<run>` in the place of the run's id, which is not known before it starts. */
  readonly result: string;
  readonly prompt: string;
  /** What a session that goes on is told instead; null for a first turn. */
  readonly followUp: string | null;
  readonly leftOut: readonly string[];
  /** The branch is there: main is merged into it first, and a conflict would be part of the prompt. */
  readonly resumes: boolean;
}

/** Stands for the id of a run. */
const RUN = '<run>';

/**
 * What an agent would be told now: as a run makes it, without locking or writing anything. Null: main has no such task.
 *
 * @throws RotaError `task` when its file cannot be read or no prompt can hold it, or no failure is kept for a fix turn;
 *   `usage`, `role` when no role can be told
 */
export async function readPrompt(
  project: Project,
  view: SharedView,
  question: PromptQuestion,
): Promise<ShownPrompt | null> {
  const found = await findTask(project, view.main, question.key);
  if (found === null) return null;
  const { parsed, text } = found;
  if (parsed.kind === 'malformed') {
    const said = parsed.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    throw new RotaError('task', said.join('\n'), 'rota check looks at all of them.');
  }
  const { task } = parsed;
  const settings = await readSettings(project.system, project.repository, view.main);
  const { role, worker } = roleFor(task, settings, question.role);
  const record = await readRecord(project, view, question.key);
  const branch = proposedBranch(record, role, task) ?? (await branchFor(project, role.name, task));
  const worktree = join(project.worktrees, branch);
  const result = join(project.repository.cacheDir, RESULT_DESKS, RUN, 'result.md');
  const parts = await readPromptParts(project, {
    ...{ role, task, text, branch, folder: worktree, resultFile: result, result: worker.result },
    notes: record?.notes ?? [],
    config: settings.config,
    main: view.main,
  });
  const failure = question.fix ? await failureOf(project, task) : null;
  const turn = turnOf(parts, record, failure);
  const fitted = fitPrompt(turn, promptLimit(settings.config, role, worker.agent));
  if (fitted.kind === 'too-long') throw new RotaError('task', `${task.file}: ${fitted.reason}.`);
  const followUp = question.fix ? fitted.followUp : null;
  return {
    ...{ task: task.id, role: role.name, agent: worker.name, branch, worktree, result },
    prompt: await promptFor(worker.agent, fitted.prompt),
    followUp: followUp === null ? null : await promptFor(worker.agent, followUp),
    leftOut: fitted.leftOut,
    resumes: !question.fix && (await commitOf(project, `refs/heads/${branch}`)) !== null,
  };
}

function turnOf(parts: PromptParts, record: TaskRecord | null, failure: LastFailure | null): TurnParts {
  if (failure !== null) return fixTurn(parts, { ...failure, turns: parts.role.fixes });
  const returned = record?.state === 'returned';
  return { parts, turn: returned ? returnedTurn(record.pr, record.reason) : null };
}

async function failureOf(project: Project, task: Task): Promise<LastFailure> {
  const failure = await readLastFailure(project, task.key);
  if (failure !== null) return failure;
  throw new RotaError(
    'task',
    `No red gate of ${task.id} is kept on this machine.`,
    `rota why ${task.id} tells what happened; without --turn fix this shows the first turn.`,
  );
}

async function readRecord(project: Project, { tasks }: SharedView, key: TaskKey): Promise<TaskRecord | null> {
  const token = tasks.get(key);
  return token === undefined ? null : (await project.records.readOne(token)).record;
}

function roleFor(
  task: Task,
  settings: Settings,
  named: string | null,
): { readonly role: Role; readonly worker: RoleAgent } {
  const role = named === null ? takerOf(task, settings) : findRole(named, settings);
  const worker = agentOf(role, settings.config);
  if (worker !== null) return { role, worker };
  throw new RotaError(
    'role',
    `Role ${role.name} has no agent that could be told anything.`,
    `Name one of rota.yaml's agents in ${role.file}: agent: <name>`,
  );
}

function takerOf(task: Task, settings: Settings): Role {
  if (task.role !== null) return findRole(task.role, settings);
  const takers = settings.roles.filter(({ takes }) => takes.type.some((type) => type === task.type));
  if (takers.length === 1) return takers[0]!;
  const names = (takers.length === 0 ? settings.roles : takers).map(({ name }) => name).join(', ');
  const many = takers.length === 0 ? 'No role takes' : 'Several roles take';
  throw new RotaError('usage', `${many} tasks of type ${task.type}.`, `Name one with --role: ${names}.`);
}
