/** What rota looks at in a pull request; the forge's own value (src/forge/forge.ts) is one. */
export interface RequestView {
  readonly url: string;
  readonly head: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly merge: string | null;
  readonly review: 'approved' | 'changes-requested' | 'none';
  readonly reviewedAt: string | null;
  readonly checks: 'passing' | 'failing' | 'pending' | 'none';
  readonly failing: readonly { readonly name: string; readonly url: string | null }[];
  readonly conflict: boolean;
  readonly comments: readonly RequestComment[];
  readonly moreComments: boolean;
}

export interface RequestComment {
  readonly author: string;
  /** OWNER, MEMBER or COLLABORATOR: whose word counts. */
  readonly mayWrite: boolean;
  /** ISO 8601. */
  readonly at: string;
  readonly body: string;
  /** For a comment on a line: where. */
  readonly path: string | null;
  readonly line: number | null;
  /** A thread that was marked as resolved. */
  readonly resolved: boolean;
}
