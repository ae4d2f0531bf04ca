import { expect, test } from 'vitest';
import { openProject } from '../../../src/run/project/open-project.ts';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import type { SweepReport } from '../../../src/run/sweep/sweep-report.ts';
import { sandbox } from '../../support/repo.ts';
import { type DeadScene, makeDeadScene } from './dead-scene.ts';

// The long form, with time and memory, is `npm run bench:sweep`.
test.each([
  { remote: false, where: 'without a remote' },
  { remote: true, where: 'with one' },
])(
  'one sweep of dead locks and worktrees of every kind $where: all freed, rescued or kept for a reason',
  async ({ remote }) => {
    const { folder } = sandbox();
    const scene = await makeDeadScene(folder, { locks: 24, worktrees: 16, remote });
    const first = await sweepOf(scene);
    expect(scene.problemsAfter(first)).toEqual([]);
    const again = await sweepOf(scene);
    expect({ ...again, kept: [] }).toEqual({
      freed: [],
      landed: [],
      rescued: [],
      removed: [],
      kept: [],
      followed: [],
    });
  },
);

async function sweepOf({ system, root }: DeadScene): Promise<SweepReport> {
  const project = await openProject(system, root, () => undefined, 'write');
  try {
    return await sweep(project, { dryRun: false, discard: null });
  } finally {
    await project.close();
  }
}
