import { join } from 'node:path';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor, moveRef } from '../worktree/ancestry.ts';
import { keepOnRescueRef } from '../worktree/rescue.ts';
import { taskOfBranch } from '../worktree/worktree.ts';
import { numberOf, PRIVATE_GIT, PRIVATE_REFS } from './private-git.ts';
import { type PrivateRefs, parsePrivateRefs, readPrivateRefs } from './private-refs.ts';
import { takePrivateObjects } from './take-private-objects.ts';

export interface Collected {
  /** Sentences on what nobody may want. */
  readonly refused: readonly string[];
  /** Sentences on what was kept. */
  readonly noticed: readonly string[];
}

export interface PrivateWork {
  /** The box's own; nothing is there when the run has none. */
  readonly folder: string;
  /** Short name of the run's branch. */
  readonly branch: string;
  /** Of the run's worktree; null: there is none any more. */
  readonly adminDir: string | null;
}

const NOTHING: Collected = { refused: [], noticed: [] };
/** An agent that makes more branches than that has lost its way. */
const MOST_KEPT = 20;

/**
 * Takes over what the agent of a box did to refs: its own branch moves in the repository as it moved there, and commits that it
 * left elsewhere (other branches, a stash, tags) are kept on rescue refs. For when nothing of it is alive; safe to repeat, also
 * by another process after a crash.
 *
 */
export async function collectPrivateGit(
  project: Project,
  { folder, branch, adminDir }: PrivateWork,
): Promise<Collected> {
  const { files } = project.system;
  const names = (await files.list(folder)).map(({ name }) => name);
  const newest = Math.max(...names.map((name) => numberOf(name, PRIVATE_REFS) ?? 0), 0);
  if (newest === 0) return NOTHING;
  const known = parsePrivateRefs(
    (await files.read(join(folder, `${PRIVATE_REFS}${newest}`))).toString('utf8'),
  );
  const git = join(folder, `${PRIVATE_GIT}${newest}`);
  const now = await readPrivateRefs(files, git);
  const own = `refs/heads/${branch}`;
  const untaken = await takePrivateObjects(project, {
    ...{ git, adminDir },
    tips: [...now].flatMap(([ref, oid]) => (known.get(ref) === oid ? [] : [oid])),
    known: [...new Set([own, `refs/heads/${project.branch}`].flatMap((ref) => known.get(ref) ?? []))],
  });
  const moved = await moveOwn(project, own, known.get(own) ?? null, now.get(own) ?? null);
  const noticed = await keepOthers(project, { own, known, now });
  return { refused: moved.refused, noticed: [...untaken, ...moved.noticed, ...noticed] };
}

async function moveOwn(
  project: Project,
  own: string,
  before: string | null,
  after: string | null,
): Promise<Collected> {
  // A branch that is gone there: where HEAD is says what the agent meant.
  if (after === null || after === before) return NOTHING;
  const branch = own.replace(/^refs\/heads\//, '');
  const commit = await commitOf(project, after);
  if (commit !== after)
    return {
      refused: [
        `while the agent worked, ${branch} was set to ${after.slice(0, 10)}, which is no commit that is there`,
      ],
      noticed: [],
    };
  const here = await commitOf(project, own);
  if (here === after) return NOTHING;
  const why = 'rota: what the agent committed';
  if (here === before && (await moveRef(project, own, { from: before, to: after, why }))) return NOTHING;
  const ref = await keepOnRescueRef(project, taskOfBranch(branch), after);
  const message = `${branch} was moved by somebody else while the agent worked; the agent's commits are kept as ${ref}`;
  return { refused: [], noticed: [message] };
}

async function keepOthers(
  project: Project,
  { own, known, now }: { readonly own: string; readonly known: PrivateRefs; readonly now: PrivateRefs },
): Promise<string[]> {
  const tip = await commitOf(project, own);
  const task = taskOfBranch(own);
  const noticed: string[] = [];
  for (const [ref, oid] of now) {
    if (ref === own || known.get(ref) === oid || noticed.length >= MOST_KEPT) continue;
    const commit = await commitOf(project, oid);
    if (commit === null || (tip !== null && (await isAncestor(project, commit, tip)))) continue;
    const kept = await keepOnRescueRef(project, task, commit);
    noticed.push(`what the agent left on a ref of its own (${ref}) is kept as ${kept}`);
  }
  return noticed;
}
