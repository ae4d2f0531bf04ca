import type { RefChange } from './shared-refs.ts';

export interface MainMove {
  /** Id of the run (or of the command) for the journal. */
  readonly run: string;
  readonly old: string;
  /** `old` is an ancestor of it; its objects are in the repository. */
  readonly new: string;
  /** Changed in the same transaction. */
  readonly refs: readonly RefChange[];
}

export type MoveResult =
  /** `named`: what was held aside or left alone in home checkouts, in words for the person. */
  | { readonly kind: 'moved'; readonly named: readonly string[] }
  /** These refs (main's included) were not where they were expected. Nothing changed. */
  | { readonly kind: 'stale'; readonly refs: readonly string[] }
  /** A home checkout is in the way, or the remote refuses (protected): try again later. Nothing changed. */
  | { readonly kind: 'in-the-way'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** The one function that moves main. Claims that publish, edits, notes, landings and sync all call it. */
export type MoveMain = (move: MainMove) => Promise<MoveResult>;
