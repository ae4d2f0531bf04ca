import type { HeldRecord, TaskRecord } from '../../plan/record.ts';
import { findTask } from '../../run/backlog/find-task.ts';
import type { Project } from '../../run/project/project.ts';
import type { Snapshot } from '../../run/project/snapshot.ts';
import { assembleBacklog } from '../../store/backlog/assemble-backlog.ts';
import { readSettings } from '../../store/backlog/read-settings.ts';
import type { SharedView } from '../../store/shared-refs.ts';
import { taskBody } from '../../task/body.ts';
import { taskKey } from '../../task/id.ts';
import type { Task, TaskKey } from '../../task/task.ts';
import type { Action } from '../command-spec.ts';
import { readRowFacts } from '../documents/row-facts.ts';
import { malformedDocument } from '../documents/task-document.ts';
import { type RowFacts, rowOfTask } from '../documents/task-rows.ts';
import { flagOption } from '../options.ts';
import { problemLines } from '../text/problem-lines.ts';
import { taskDetails } from '../text/task-details.ts';
import { unknownTask } from '../unknown-task.ts';
import { withProject } from '../with-project.ts';

/** `rota show ID`: one task. Reads its file and its record, not the backlog. */
export const show: Action = (cli, [id = ''], options) => {
  const key = taskKey(id);
  return withProject(
    cli,
    () => undefined,
    async (project) => {
      const view = flagOption(options, 'fetch') ? await project.refs.read() : await project.refs.last();
      const found = await findTask(project, view.main, key);
      if (found === null) throw await unknownTask(project, view.main, id);
      const { parsed, text } = found;
      if (parsed.kind === 'malformed') {
        if (cli.json)
          cli.output.document({ ...malformedDocument(parsed.file, parsed.id, parsed.problems), body: text });
        else for (const line of problemLines(parsed.problems, cli.output.colors)) cli.output.line(line);
        return 2;
      }
      const { task } = parsed;
      const record = await readRecord(project, view, key);
      const row = rowOfTask(task, ...(await factsOf(project, view, task, record)));
      const more = detailsOf(task, record?.record ?? null, taskBody(text));
      if (cli.json) cli.output.document({ ...row.document, ...more });
      else
        for (const line of taskDetails(row, more, cli.output, cli.system.clock.now())) cli.output.line(line);
      return 0;
    },
  );
};

async function readRecord(project: Project, view: SharedView, key: TaskKey): Promise<HeldRecord | null> {
  const token = view.tasks.get(key);
  return token === undefined ? null : project.records.readOne(token);
}

/** A snapshot with this one task in it. */
async function factsOf(
  project: Project,
  view: SharedView,
  task: Task,
  held: HeldRecord | null,
): Promise<[Snapshot, RowFacts]> {
  const settings = await readSettings(project.system, project.repository, view.main);
  const records = new Map(held === null ? [] : [[task.key, held] as const]);
  const backlog = assembleBacklog(view.main, [{ kind: 'task', task }]);
  const snapshot: Snapshot = { view, ...settings, backlog, records, pause: { all: false, roles: [] } };
  return [snapshot, await readRowFacts(project, snapshot)];
}

export interface TaskMore {
  readonly order: number | null;
  readonly touches: readonly string[];
  readonly repeat: string | null;
  readonly notBefore: string | null;
  readonly pr: string | null;
  readonly notes: TaskRecord['notes'];
  readonly body: string;
}

function detailsOf(task: Task, record: TaskRecord | null, body: string): TaskMore {
  const { order, touches, repeat, notBefore } = task;
  return { order, touches, repeat, notBefore, pr: record?.pr ?? null, notes: record?.notes ?? [], body };
}
