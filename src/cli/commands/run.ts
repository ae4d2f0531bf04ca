import type { Config } from '../../config.ts';
import { type Problem, RotaError } from '../../errors.ts';
import { outcomeExit } from '../../plan/outcome.ts';
import { SWEEPER } from '../../role/agent-of.ts';
import { findTask } from '../../run/backlog/find-task.ts';
import { handOver, readStartable } from '../../run/backlog/hand-over.ts';
import {
  readUnhandedTasks,
  type UnhandedTask,
  type UnhandedTasks,
} from '../../run/backlog/unhanded-tasks.ts';
import type { Project } from '../../run/project/project.ts';
import { runRole } from '../../run/work/worker.ts';
import { readSettings } from '../../store/backlog/read-settings.ts';
import { parseTaskId, taskKey } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';
import type { Action } from '../command-spec.ts';
import { textOption } from '../options.ts';
import { resultLines } from '../text/result-lines.ts';
import { unknownTask } from '../unknown-task.ts';
import { verboseCli } from '../verbose.ts';
import { withWriting } from '../with-writing.ts';

/** `rota run ROLE [ID]`: one attempt of one worker at one task. */
export const run: Action = async (cli, given, options) => {
  const [role = '', id] = given;
  if (role === SWEEPER) return (await import('./sweep.ts')).sweep(cli, [], options);
  if (textOption(options, 'pr') !== null)
    return (await import('./run-request.ts')).runOnRequest(cli, given, options);
  const only = id === undefined ? null : taskKey(id);
  const stop = cli.interruption();
  const verbose = verboseCli(cli, options);
  const { result, unhanded } = await withWriting(verbose.cli, async (project) => {
    if (cli.interactive && (await integration(project)) === 'merge')
      await offerToStart(project, await readUnhanded(project), only);
    const agent = textOption(options, 'agent');
    const ended = await runRole(project, { role, agent, only, except: new Set(), stop });
    const idle = ended.outcome === 'idle' ? await readUnhanded(project) : null;
    if (idle !== null && only !== null) await refuseUnusable(project, only, id ?? '', idle);
    return { result: ended, unhanded: idle };
  });
  verbose.sum();
  if (cli.json) cli.output.document(result);
  else for (const line of resultLines(result, cli.output)) cli.output.line(line);
  if (unhanded !== null) nameUnhanded(cli, unhanded, only);
  return outcomeExit(result.outcome, stop.aborted ? String(stop.reason) : null);
};

/**
 * A named task that is nowhere, or whose file cannot be read, is a slip. One that is written and not handed over is named with
 * what hands it over.
 */
async function refuseUnusable(
  project: Project,
  only: TaskKey,
  id: string,
  unhanded: UnhandedTasks,
): Promise<void> {
  if (unhandedOf(unhanded, only).length > 0) return;
  const { main } = await project.refs.last();
  const found = await findTask(project, main, only);
  if (found === null) throw await unknownTask(project, main, id);
  if (found.parsed.kind === 'malformed') throw unreadableTask(found.parsed.problems);
}

function unreadableTask(problems: readonly Problem[]): RotaError {
  const [first] = problems;
  const said = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n');
  return new RotaError('task', said, `Mend ${first?.file ?? 'it'}; rota check looks at all of them.`);
}

async function readUnhanded(project: Project): Promise<UnhandedTasks> {
  const { repository, branch, remote, system, refs } = project;
  const { main } = await refs.last();
  const integrate = await integration(project);
  return readUnhandedTasks(system, { repository, main, branch, remote: remote?.name ?? null, integrate });
}

/** With pull requests a new task file is proposed by its person, and never committed to main from here. */
async function integration({ system, repository, refs }: Project): Promise<Config['integrate']> {
  const { main } = await refs.last();
  return (await readSettings(system, repository, main)).config.integrate;
}

/** Workers read main only. A person at a terminal may want a task started that they have just written. */
async function offerToStart(
  project: Project,
  { uncommitted }: UnhandedTasks,
  only: TaskKey | null,
): Promise<void> {
  const startable = await readStartable(project, uncommitted);
  for (const one of startable) {
    if (only !== null && one.task.key !== only) continue;
    // Naming the task is the answer.
    const wanted =
      only !== null || (await askToStart(`${one.task.file} is ready and not on main yet. Commit it there?`));
    if (wanted) await handOver(project, one);
  }
}

async function askToStart(question: string): Promise<boolean> {
  return (await import('../ask.ts')).makeAsk().yes(question, true);
}

function unhandedOf({ uncommitted, unpushed }: UnhandedTasks, only: TaskKey | null): UnhandedTask[] {
  return [...uncommitted, ...unpushed].filter(
    ({ task }) => only === null || (task !== null && parseTaskId(task) === only),
  );
}

function nameUnhanded(cli: Cli, unhanded: UnhandedTasks, only: TaskKey | null): void {
  for (const { file, command } of unhandedOf(unhanded, only)) {
    cli.output.note(
      `${plainText(file)} is not on main like this, and workers read main:\n  ${plainText(command)}`,
    );
  }
}
