import { landingMessage } from '../../plan/commit-message.ts';
import { makeCommit } from '../../store/make-commit.ts';
import type { Project } from '../project/project.ts';
import type { Gated, LandingWork } from './landing-work.ts';
import { type PreparedLanding, trailersOf } from './prepare-landing.ts';

/** The landed commit: the candidate's parents and tree, with the trailers that prove what was gated. */
export function makeLanding(
  project: Project,
  work: LandingWork,
  { candidate, task }: PreparedLanding,
  gated: Gated,
): Promise<string> {
  const trailers = trailersOf(work, task, gated.evidence, gated.tree);
  return makeCommit(project.system, project.neutral.place, {
    tree: candidate.tree,
    parents: [candidate.main, candidate.tip],
    changes: [],
    message: landingMessage({ task, commit: work.commit, body: work.summary, trailers }),
    identity: project.identity,
  });
}
