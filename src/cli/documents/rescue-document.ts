import type { KeptFolder } from '../../run/rescue/kept-folders.ts';
import type { Rescued } from '../../run/rescue/list-rescues.ts';
import type { RescueRef } from '../../run/rescue/rescue-refs.ts';
import type { Against, ShownRescue } from '../../run/rescue/show-rescue.ts';
import type { FileDifference } from '../../run/rescue/tree-difference.ts';
import type { HeldAside } from '../../store/home/list-asides.ts';

/** What every document about one rescue begins with. The keys are stable: add, never rename. */
export interface RescueDocument {
  readonly name: string;
  readonly ref: string;
  readonly task: string;
  readonly time: string | null;
  readonly commit: string;
  /** `files` of a worktree, or `commits` that no branch had. */
  readonly kind: 'files' | 'commits';
  readonly run: string | null;
  readonly branch: string | null;
  readonly worktree: string | null;
  readonly staged: string | null;
  readonly problem: string | null;
}

/** `rota rescue list --json`. */
export interface RescueListDocument {
  readonly rescues: readonly (RescueDocument & { readonly files: number; readonly bytes: number })[];
  /** Files that moves of main hold aside. */
  readonly held: readonly HeldAside[];
  readonly folders: readonly KeptFolder[];
}

/** `rota rescue show --json`. */
export interface ShownRescueDocument extends RescueDocument {
  readonly base: string | null;
  readonly bytes: number;
  readonly onlyHere: number;
  readonly against: Against | null;
  /** `same`: the branch that it is compared with has this file like that already. */
  readonly files: readonly (FileDifference & { readonly same: boolean })[];
}

export function rescueDocument(rescue: RescueRef): RescueDocument {
  const { name, ref, task, time, commit, kind, run, branch, worktree, staged, problem } = rescue;
  return { name, ref, task, time, commit, kind, run, branch, worktree, staged, problem };
}

export function rescueListDocument(kept: {
  readonly rescues: readonly Rescued[];
  readonly held: readonly HeldAside[];
  readonly folders: readonly KeptFolder[];
}): RescueListDocument {
  const rescues = kept.rescues.map((one) => ({
    ...rescueDocument(one),
    ...{ files: one.files.length, bytes: one.bytes },
  }));
  return { ...kept, rescues };
}

export function shownRescueDocument(shown: ShownRescue): ShownRescueDocument {
  const same = new Set(shown.same);
  return {
    ...rescueDocument(shown),
    base: shown.base,
    bytes: shown.bytes,
    onlyHere: shown.onlyHere,
    against: shown.against,
    files: shown.files.map((file) => ({ ...file, same: same.has(file.path) })),
  };
}
