import { readFilesAt } from '../../store/backlog/read-text.ts';
import { makeCommit, type TreeChange } from '../../store/make-commit.ts';
import { treeOf } from '../../store/tree-of.ts';
import type { Project } from '../project/project.ts';
import { mergeBacklog } from './merge-backlog.ts';
import { mergeTrees } from './merge-trees.ts';
import type { Sides } from './sides.ts';

/** Main and a branch merged, with the task closed: exactly the tree that may land. */
export interface Candidate {
  readonly commit: string;
  readonly tree: string;
  /** Main's tip that it was made on; its first parent. */
  readonly main: string;
  readonly tip: string;
}

export type CandidateResult =
  | { readonly kind: 'made'; readonly candidate: Candidate }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

export interface CandidateWish {
  readonly sides: Sides;
  /** The task's file on main. */
  readonly file: string;
  /** Makes the task file's landed form from its merged text. */
  readonly finish: (text: string) => string;
  /** Files of proposed tasks. */
  readonly added: readonly TreeChange[];
  readonly message: string;
}

/**
 * Merges by plumbing in the neutral directory: no attribute, driver or filter of anybody takes part. Backlog files that both
 * sides changed are merged by key on top, whatever git says about them.
 */
export async function makeCandidate(project: Project, wish: CandidateWish): Promise<CandidateResult> {
  const { system, repository, neutral, identity } = project;
  const { main, tip } = wish.sides;
  const [merged, backlog] = await Promise.all([
    mergeTrees(project, main, tip),
    mergeBacklog(project, wish.sides),
  ]);
  const files = [...merged.conflicts.filter((path) => !backlog.texts.has(path)), ...backlog.conflicts];
  if (files.length > 0) return { kind: 'conflict', files: [...new Set(files)] };

  const texts = new Map(backlog.texts);
  const own =
    texts.get(wish.file) ??
    (await readFilesAt(system, repository, merged.tree, [wish.file])).get(wish.file)?.toString('utf8');
  if (own === undefined) return { kind: 'conflict', files: [wish.file] };
  texts.set(wish.file, wish.finish(own));
  const changes = [...texts].map(([path, content]): TreeChange => ({ path, content }));
  const commit = await makeCommit(system, neutral.place, {
    tree: merged.tree,
    parents: [main, tip],
    changes: [...changes, ...wish.added],
    message: wish.message,
    identity,
  });
  const tree = await treeOf(project, commit);
  return { kind: 'made', candidate: { commit, tree, main, tip } };
}
