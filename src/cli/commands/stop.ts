import { RotaError } from '../../errors.ts';
import { findTask } from '../../run/backlog/find-task.ts';
import type { Project } from '../../run/project/project.ts';
import { type StopEnd, stopRuns } from '../../run/watch/stop-runs.ts';
import { taskKey } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import { plainText } from '../../task/text.ts';
import type { Action } from '../command-spec.ts';
import { flagOption } from '../options.ts';
import { unknownTask } from '../unknown-task.ts';
import { withProject } from '../with-project.ts';

const SILENT = () => undefined;

/** `rota stop ID`, `rota stop --all`: ends running workers in order. */
export const stop: Action = (cli, [id], options) => {
  const all = flagOption(options, 'all');
  if (all === (id !== undefined))
    throw new RotaError(
      'usage',
      'Which worker shall end?',
      'rota stop A32 ends one, rota stop --all ends all here.',
    );
  const key = id === undefined ? null : taskKey(id);
  return withProject(cli, SILENT, async (project) => {
    const view = await project.refs.read();
    const records = await project.records.readAll(view);
    const wanted = new Map([...records].filter(([task]) => key === null || task === key));
    const ended = await stopRuns(project, wanted, {
      whole: all,
      telling: (task) => cli.output.note(`${plainText(task)}: told to end; its work is put away …`),
    });
    // Those of other machines are not meant.
    const told = key === null ? ended.filter(({ kind }) => kind !== 'elsewhere') : ended;
    if (told.length === 0 && key !== null)
      await refuseUnknown(project, view.main, key, id ?? '', records.has(key));
    if (cli.json) cli.output.document({ stopped: told });
    else if (told.length === 0)
      cli.output.line(
        key === null ? 'No worker runs on this machine.' : `Nobody works on ${plainText(id ?? '')}.`,
      );
    else for (const one of told) cli.output.line(inWords(one));
    return told.every(({ kind }) => kind === 'stopped') ? 0 : 1;
  });
};

async function refuseUnknown(
  project: Project,
  main: string,
  key: TaskKey,
  id: string,
  hasRecord: boolean,
): Promise<void> {
  if (hasRecord || (await findTask(project, main, key)) !== null) return;
  throw await unknownTask(project, main, id);
}

function inWords(end: StopEnd): string {
  const task = plainText(end.task);
  const who = `${plainText(end.role)} (${plainText(end.by)})`;
  const why = end.reason === null ? '' : `: ${plainText(end.reason)}`;
  switch (end.kind) {
    case 'stopped':
      return end.outcome === 'landed'
        ? `${task} had landed before it could be stopped.`
        : `${task}: ${who} ended${end.outcome === null ? '' : `, ${end.outcome}`}. Its work is kept on ${plainText(end.branch)}.`;
    case 'slow':
      return `${task}${why}. Look again: rota watch ${task}`;
    case 'left':
    case 'dead':
      return `${task}${why}. Run rota sweep: it keeps the work and frees the task.`;
    case 'elsewhere':
      return `${task}${why} (${who}). Stop it there, or take the task away from it with rota unlock ${task}: it ends at its next look.`;
    case 'unsure':
      return `${task}${why}, so it was not told. rota unlock ${task} takes the task away from it.`;
    default:
      return end.kind satisfies never;
  }
}
