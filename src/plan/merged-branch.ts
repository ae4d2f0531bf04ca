/** Where the commits of a branch are, seen from main. */
export type WorkOnMain =
  /** Its tip is in main's history. */
  | 'in-history'
  /** Merging it would have added nothing to a commit of main's: squashed, or made again on top of main. */
  | 'adds-nothing'
  | 'not-there'
  /** Its commits are not here, so git cannot say. */
  | 'unknown';

export interface MergedFacts {
  /** The forge's word; null: it does not know the request, or cannot be asked. */
  readonly request: 'open' | 'merged' | 'closed' | null;
  /** The commit that the forge names as the merge is in main's history, as main was read. */
  readonly mergeOnMain: boolean;
  readonly work: WorkOnMain;
}

export interface MergedVerdict {
  readonly merged: 'yes' | 'no' | 'unsure';
  /** In words, as the end of a sentence about the request. */
  readonly why: string;
}

/**
 * Whether a branch was merged. Nothing of a branch may go whose work is not on main: the forge's word counts together with
 * what is on main, git's word alone where it is plain. Whatever contradicts itself is `unsure`.
 */
export function judgeMerged({ request, mergeOnMain, work }: MergedFacts): MergedVerdict {
  const onMain = work === 'in-history' || work === 'adds-nothing';
  if (request === 'merged') {
    if (mergeOnMain || onMain) return { merged: 'yes', why: 'merged' };
    return { merged: 'unsure', why: 'merged, says the forge, but its work is not on main as it was read' };
  }
  if (request === 'open' && onMain)
    return { merged: 'unsure', why: 'its work is on main already, but the request is still open: close it' };
  if (onMain) return { merged: 'yes', why: work === 'in-history' ? 'merged' : 'merged as other commits' };
  if (work === 'unknown') return { merged: 'no', why: 'its commits are not here' };
  return { merged: 'no', why: 'its work is not on main' };
}
