import { makeCommit, type TreeChange } from '../../store/make-commit.ts';
import { treeOf } from '../../store/tree-of.ts';
import { readBacklogProblems } from '../land/backlog-problems.ts';
import { readBranchChanges } from '../land/branch-changes.ts';
import type { LandingEnd, LandingWork } from '../land/landing-work.ts';
import { mergeBacklog } from '../land/merge-backlog.ts';
import { mergeTrees } from '../land/merge-trees.ts';
import type { PreparedLanding } from '../land/prepare-landing.ts';
import { readContract } from '../land/read-contract.ts';
import { readSides } from '../land/sides.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot } from '../project/snapshot.ts';
import type { RequestInWork } from './request-in-work.ts';
import { requestTask } from './request-task.ts';

/** The merge of a request with the newest main, as it is, with all that is judged without running anything. */
export async function prepareRequest(
  project: Project,
  { request }: RequestInWork,
  { role, tip }: Pick<LandingWork, 'role' | 'tip'>,
): Promise<PreparedLanding | LandingEnd> {
  const snapshot = await readSnapshot(project, true);
  const { config, view } = snapshot;
  const { main } = view;
  const task = requestTask(request);
  const sides = await readSides(project, main, tip);
  if (sides.base === null) {
    const message = 'the request has no history in common with main';
    const finding = { severity: 'refused', path: '.', rule: 'unrelated-history', message } as const;
    return { kind: 'refused', findings: [finding], checks: [] };
  }
  const [merged, backlog] = await Promise.all([mergeTrees(project, main, tip), mergeBacklog(project, sides)]);
  const files = [...merged.conflicts.filter((path) => !backlog.texts.has(path)), ...backlog.conflicts];
  if (files.length > 0) return { kind: 'conflict', files: [...new Set(files)], main, checks: [] };

  const { system, neutral, identity } = project;
  const texts = [...backlog.texts].map(([path, content]): TreeChange => ({ path, content }));
  const message = `chore: merge pull request ${request.number}, to be gated\n`;
  const wish = { tree: merged.tree, parents: [main, tip], changes: texts, message, identity };
  const commit = await makeCommit(system, neutral.place, wish);
  const candidate = { commit, tree: await treeOf(project, commit), main, tip };
  const [changes, contract, problems] = await Promise.all([
    readBranchChanges(project, main, commit),
    readContract(project, { role, task, config, sides, publish: null, proposal: null }),
    readBacklogProblems(project, snapshot, commit),
  ]);
  return { candidate, task, snapshot, changes, contract, problems, rewritten: [] };
}
