/** What a remote allows, as a probe saw it. */
export interface RemoteFacts {
  /** Why refs below `refs-prefix` are refused; null: they are taken. */
  readonly names: string | null;
  /** Another prefix that was taken; null: none, or none is needed. */
  readonly instead: string | null;
  /** Refs that were pushed can be read. */
  readonly readable: boolean;
  /** `missing`: the server has no atomic push; `broken`: it says that it has, and does one half. */
  readonly atomic: 'kept' | 'missing' | 'broken' | 'unknown';
  /** Why a record cannot be replaced by one that does not follow it (a forced push); null: it can. */
  readonly replace: string | null;
  /** Why branches below `ai/` are refused; null: they are taken. */
  readonly branches: string | null;
  /** The server takes push options. */
  readonly options: boolean;
  readonly main:
    | { readonly kind: 'open' | 'moved' }
    | { readonly kind: 'refused' | 'unknown'; readonly reason: string };
  /** Refs of the probe that could not be deleted. */
  readonly left: readonly string[];
}

/** The names that one probe uses. */
export interface ProbeSpot {
  readonly a: string;
  readonly b: string;
  /** A branch, as runs have them. */
  readonly ai: string;
}
