import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { TaskRecord } from '../../../src/plan/record.ts';
import { openProject } from '../../../src/run/project/open-project.ts';
import { readSnapshot } from '../../../src/run/project/snapshot.ts';
import { makeCommits } from '../../../src/store/make-commit.ts';
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
    const wishes = ids.map((id) => {
      const task = backlog.byKey.get(parseTaskId(id)!)!;
      return { id, task, branch: branchOf('developer', task), text: repo.read(task.file), ...wish(id) };
    });
    const { system, neutral, identity } = project;
    const work = await makeCommits(
      system,
      neutral.place,
      wishes.map(({ id, files = { [`src/${id}.txt`]: `${id}\n` } }) => ({
        ...{ tree: null, parents: [base], message: `feat(${id}): work\n`, identity },
        changes: Object.entries(files).map(([path, content]) => ({ path, content })),
      })),
    );
    const heads = await makeCommits(
      system,
      neutral.place,
      wishes.map(({ id, task, text }, at) => ({
        ...{ tree: null, parents: [work[at]!], message: `feat(${id}): finished\n`, identity },
        changes: [{ path: task.file, content: editTask(text, { status: 'done', lock: undefined }) }],
      })),
    );
    const refs = wishes.map(({ branch }, at) => `${heads[at]}:refs/heads/${branch}`);
    repo.git('push', '-q', 'origin', ...refs);
    repo.git('fetch', '-q', '.', ...refs);
    const made = wishes.flatMap(({ id, branch, text, record = {}, reserves = [] }, at) => {
      const head = heads[at]!;
      const proposal = { branch, head, base, since: '2026-11-20T10:00:00.000Z' };
      const own = {
        ...emptyRecord(id, 'proposed'),
        pr: `branch ${branch}`,
        proposal,
        of: contentHash(text),
        ...record,
      };
      const others = reserves.map((other) => ({
        ...emptyRecord(other, 'reserved'),
        reason: `proposed with ${id}`,
      }));
      return [{ record: own, keep: [head] }, ...others.map((other) => ({ record: other, keep: [] }))];
    });
    const tokens = await project.records.writeAll(made.map((one) => ({ ...one, previous: null })));
    const changes = made.map(({ record }, at) => ({
      ref: taskRef(parseTaskId(record.task)!),
      from: null,
      to: tokens[at]!,
    }));
    const swapped = await project.refs.swap(changes);
    if (swapped.kind !== 'swapped') throw new Error(JSON.stringify(swapped));
  } finally {
    await project.close();
  }
}
