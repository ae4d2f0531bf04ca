import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { TaskRecord } from '../../../src/plan/record.ts';
import { openProject } from '../../../src/run/project/open-project.ts';
import { readSnapshot } from '../../../src/run/project/snapshot.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { contentHash } from '../../../src/task/content-hash.ts';
import { editTask } from '../../../src/task/edit.ts';
import { parseTaskId } from '../../../src/task/id.ts';
import { branchOf } from '../../../src/task/slug.ts';
import type { TestRepo } from '../../support/repo.ts';

/** The work of one task: files beside the final form of its own. */
export interface ProposedWish {
  readonly files?: Record<string, string>;
  readonly record?: Partial<TaskRecord>;
  /** Ids that are reserved with it. */
  readonly reserves?: readonly string[];
}

/**
 * As if runs had proposed these tasks: a branch on the remote with the work and the final form, and the record. `pr` is what a link
 * leaves, unless the wish says otherwise.
 */
export async function proposeAll(
  repo: TestRepo,
  ids: readonly string[],
  wish: (id: string) => ProposedWish = () => ({}),
): Promise<void> {
  const project = await openProject(repo.sandbox.system(), repo.root, () => undefined, 'write');
  try {
    const { backlog, view } = await readSnapshot(project, true);
    const base = view.main;
    const made = [];
    for (const id of ids) {
      const key = parseTaskId(id)!;
      const task = backlog.byKey.get(key)!;
      const branch = branchOf('developer', task);
      const { files = { [`src/${id}.txt`]: `${id}\n` }, record = {}, reserves = [] } = wish(id);
      repo.git('switch', '-q', '--detach', base);
      repo.commit(`feat(${id}): work`, files);
      const text = repo.read(task.file);
      const done = editTask(text, { status: 'done', lock: undefined });
      const head = repo.commit(`feat(${id}): finished`, { [task.file]: done });
      repo.git('branch', '-f', branch, head);
      const whole: TaskRecord = {
        ...emptyRecord(id, 'proposed'),
        pr: `branch ${branch}`,
        proposal: { branch, head, base, since: '2026-11-20T10:00:00.000Z' },
        of: contentHash(text),
        ...record,
      };
      made.push({ key, branch, record: whole, keep: [head] });
      for (const other of reserves) {
        const reserved = { ...emptyRecord(other, 'reserved'), reason: `proposed with ${id}` };
        made.push({ key: parseTaskId(other)!, branch, record: reserved, keep: [] });
      }
    }
    repo.git('switch', '-q', 'main');
    repo.git('push', '-q', 'origin', ...new Set(made.map(({ branch }) => branch)));
    const written = made.map(({ record, keep }) => ({ record, previous: null, keep }));
    const tokens = await project.records.writeAll(written);
    const changes = made.map(({ key }, at) => ({ ref: taskRef(key), from: null, to: tokens[at]! }));
    const swapped = await project.refs.swap(changes);
    if (swapped.kind !== 'swapped') throw new Error(JSON.stringify(swapped));
  } finally {
    await project.close();
  }
}
