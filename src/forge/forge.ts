import type { RequestComment } from '../plan/request-view.ts';
/**
 * The place where people review pull requests, as rota needs it. Everything in an answer was written by others: it is
 * checked for its shape and bounded in size, and control characters are still in it (plainText before a terminal).
 *
 * Expected failures are ForgeError (forge-error.ts; RotaError code `forge`), except where the branch itself could not be
 * pushed: that is RotaError `remote`, and then nothing was proposed.
 */
export interface Forge {
  readonly name: 'gh' | 'push-options' | 'link';
  /** False: no request can be looked at from here, `follow` answers nothing and `find` fails; git's word is all there is. */
  readonly canFollow: boolean;
  /**
   * Pushes the branch (fast-forward only, never forced) and opens a request for it, or brings the open one of this branch
   * up to date. Doing it twice is doing it once.
   */
  propose(proposal: Proposal): Promise<Proposed>;
  /**
   * Looks at all of them in one call to the forge. What the forge does not know is not in the answer. Asked by number
   * where there is one, else the newest request of the branch.
   */
  follow(asked: readonly Followed[]): Promise<readonly PullRequest[]>;
  /** One request by number (`12`, `#12`) or address, of a fork too. */
  find(numberOrUrl: string): Promise<PullRequest>;
}

export interface Proposal {
  /** Short name. */
  readonly branch: string;
  /** Commit id that the branch is to have; it contains what the branch has on the remote now. */
  readonly tip: string;
  /** Short name of main. */
  readonly base: string;
  readonly title: string;
  /** Markdown, already bounded and made safe. */
  readonly body: string;
  readonly labels: readonly string[];
  readonly reviewers: readonly string[];
  readonly draft: boolean;
  readonly autoMerge: boolean;
  /** A request of this branch is known to be open: what people may have set there since is left alone. */
  readonly isOpen: boolean;
}

export interface Proposed {
  /** Null when the forge did not say. */
  readonly number: number | null;
  /** Address of the request; null when none was opened or the forge did not say. */
  readonly url: string | null;
  /** Where a person opens the request; null when there is one already, or the host is not known. */
  readonly link: string | null;
  /** It is known to be new. False: an open one was brought up to date, or the forge did not say which. */
  readonly created: boolean;
  /** What did not work beside it, for people: a label that is not there, auto-merge that is not allowed… */
  readonly notes: readonly string[];
}

export interface Followed {
  readonly number: number | null;
  readonly branch: string;
}

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  /** Short name of the branch it comes from. */
  readonly branch: string;
  /** Its newest commit. */
  readonly head: string;
  /** Short name of the branch it goes to. */
  readonly base: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** The commit on main, when it was merged. */
  readonly merge: string | null;
  readonly draft: boolean;
  readonly title: string;
  readonly body: string;
  /** Who opened it, and whether they may write to the repository. */
  readonly author: string;
  readonly authorMayWrite: boolean;
  /** The newest word of those who may write; `changes-requested` of one outweighs any approval. */
  readonly review: 'approved' | 'changes-requested' | 'none';
  /** When changes were requested last, and for which commit; null while none are. */
  readonly reviewedAt: string | null;
  readonly reviewedCommit: string | null;
  /** Of `head`. */
  readonly checks: 'passing' | 'failing' | 'pending' | 'none';
  readonly failing: readonly FailingCheck[];
  /** True when the forge is sure that it does not merge; not yet known is false. */
  readonly conflict: boolean;
  /** Null when its branch is in this repository. */
  readonly fork: Fork | null;
  /** The newest 50 of each kind, oldest first. */
  readonly comments: readonly RequestComment[];
  /** There were more comments than those. */
  readonly moreComments: boolean;
}

export interface FailingCheck {
  readonly name: string;
  readonly url: string | null;
}

export interface Fork {
  /** To fetch from and push to, made like the remote's own address; never taken from the answer. Empty: it is gone. */
  readonly url: string;
  /** Never for a fork that is gone. */
  readonly maintainerCanModify: boolean;
}
