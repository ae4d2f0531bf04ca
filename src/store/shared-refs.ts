import type { TaskKey } from '../task/task.ts';

/** One ref's change in a transaction. `from: null` creates, `to: null` deletes. Full ref names, full object ids. */
export interface RefChange {
  readonly ref: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** The shared refs at one moment. */
export interface SharedView {
  /** Tip of main: the remote's main with a remote, else the repository's. */
  readonly main: string;
  readonly tasks: ReadonlyMap<TaskKey, string>;
  readonly pause: string | null;
  /** Whose turn to land it is among the machines; missing or null: nobody's. */
  readonly landing?: string | null;
  /** Milliseconds since this was read from where it is shared; 0 without a remote; Infinity: never, or nobody knows. */
  readonly age: number;
}

export type SwapResult =
  | { readonly kind: 'swapped' }
  /** Somebody was faster: these refs were not at `from`. Nothing changed. */
  | { readonly kind: 'stale'; readonly refs: readonly string[] }
  /** The remote said no (protected branch, hook). Nothing changed. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /** The remote cannot be reached, even to ask what became of the push. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/**
 * The refs that every worker shares: main, `refs/rota/tasks/*`, `refs/rota/pause`, on a remote `refs/rota/landing`. Two
 * backends, one contract test: the repository (`git update-ref --stdin`), or the remote (`git push --atomic --force-with-lease`).
 */
export interface SharedRefs {
  readonly kind: 'local' | 'remote';
  /** Reads everything now; with a remote one fetch into refs/rota/seen/. Throws RotaError `remote` when unreachable. */
  read(): Promise<SharedView>;
  /** The last read state, without network and without writing anything. */
  last(): Promise<SharedView>;
  /** All of it or nothing, by compare-and-swap. Never moves main in a local repository: that is move-main's. */
  swap(changes: readonly RefChange[]): Promise<SwapResult>;
}
