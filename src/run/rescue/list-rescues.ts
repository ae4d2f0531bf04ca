import { RotaError } from '../../errors.ts';
import { mergeBase } from '../../store/merge-base.ts';
import type { Project } from '../project/project.ts';
import { isAncestor } from '../worktree/ancestry.ts';
import { type RescueRef, readRescueRefs } from './rescue-refs.ts';
import { type FileDifference, treeDifference } from './tree-difference.ts';

/** A rescue with what it holds. */
export interface Rescued extends RescueRef {
  /** What its files are compared with: where its worktree's HEAD was, or where the commits left main; null: nothing. */
  readonly base: string | null;
  readonly files: readonly FileDifference[];
  readonly bytes: number;
}

/** How many are looked into at once. */
const AT_ONCE = 6;

/**
 * Every rescue, oldest first, with the files that it holds.
 *
 * @param wanted which ones; default: all
 */
export async function listRescues(
  project: Project,
  wanted: (rescue: RescueRef) => boolean = () => true,
): Promise<Rescued[]> {
  const refs = (await readRescueRefs(project)).filter(wanted);
  const found: Rescued[] = [];
  for (let at = 0; at < refs.length; at += AT_ONCE)
    found.push(...(await Promise.all(refs.slice(at, at + AT_ONCE).map((ref) => lookInto(project, ref)))));
  return found;
}

/** One rescue's files. What cannot be read is a problem of this one, not of the others. */
export async function lookInto(project: Project, rescue: RescueRef): Promise<Rescued> {
  const nothing = { ...rescue, base: null, files: [], bytes: 0 };
  if (rescue.problem !== null) return nothing;
  try {
    const base = await baseOf(project, rescue);
    const files = await treeDifference(project, base, rescue.commit);
    const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
    return { ...rescue, base, files, bytes };
  } catch (error) {
    if (!(error instanceof RotaError) || error.code !== 'git') throw error;
    return { ...nothing, problem: error.message };
  }
}

async function baseOf(project: Project, { kind, commit, parent }: RescueRef): Promise<string | null> {
  if (kind === 'files') return parent;
  const { main } = await project.refs.last();
  // It has landed meanwhile: what it did is what its last commit did.
  if (await isAncestor(project, commit, main)) return parent;
  return mergeBase(project.system, project.neutral.place, main, commit);
}
