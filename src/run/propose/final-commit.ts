import { landingMessage } from '../../plan/commit-message.ts';
import { inertTitle } from '../../plan/inert-text.ts';
import { makeCommit } from '../../store/make-commit.ts';
import type { Gated, LandingWork } from '../land/landing-work.ts';
import { type PreparedLanding, trailersOf } from '../land/prepare-landing.ts';
import type { Project } from '../project/project.ts';
import { isAncestor } from '../worktree/ancestry.ts';

/**
 * The branch's last commit in its final form: exactly the gated tree, on top of the branch, with main in its history. What
 * a merge of it brings to main is what the gate was green on, as long as main has not moved.
 */
export async function makeFinalCommit(
  project: Project,
  work: LandingWork,
  { candidate, task }: PreparedLanding,
  gated: Gated,
): Promise<string> {
  const { main, tip, tree } = candidate;
  const trailers = trailersOf(work, task, gated.evidence, gated.tree);
  const { commit, summary } = work;
  // A merge on the forge acts upon words in commits: `fixes #1` closes an issue.
  const message = landingMessage({
    task: { ...task, title: inertTitle(task.title) },
    commit: commit === null ? null : { ...commit, subject: inertTitle(commit.subject) },
    body: summary === null ? null : summary.split('\n').map(inertTitle).join('\n'),
    trailers,
  });
  return makeCommit(project.system, project.neutral.place, {
    tree,
    parents: (await isAncestor(project, main, tip)) ? [tip] : [tip, main],
    changes: [],
    message,
    identity: project.identity,
  });
}
