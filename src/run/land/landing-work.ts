import type { ContractFinding } from '../../plan/changed-file.ts';
import type { WaitingLanding } from '../../plan/record.ts';
import type { Role } from '../../role/role.ts';
import type { HeldLock } from '../claim/held-lock.ts';
import type { GateCheck } from '../gate/gate-report.ts';
import type { Proposals } from '../work/propose-tasks.ts';
import type { Acceptance } from './acceptance.ts';

/** Finished work on a branch that should land. */
export interface LandingWork {
  readonly lock: HeldLock;
  readonly role: Role;
  readonly branch: string;
  readonly tip: string;
  /** `taskWords` of the file that the agent was asked to do; null when nobody was asked (a person's branch). */
  readonly words: string | null;
  readonly proposals: Proposals;
  readonly commit: { readonly type: string; readonly subject: string } | null;
  /** Paragraphs under the header of the landing's message. */
  readonly summary: string | null;
  /** What the agent says about the task's criteria, for people who review. */
  readonly criteria?: readonly { readonly text: string; readonly met: boolean; readonly proof: string }[];
  /** For the `Agent:` trailer. */
  readonly agent: string;
  /** A green gate from before: it need not run again while it holds. */
  readonly gated: Gated | null;
  /** A person's word for what would be held; null: nothing is accepted. */
  readonly accept: Acceptance | null;
  /** Where gate output goes. */
  readonly folder: string;
  /** Counts the gates of this run, so that each one's output stays. */
  nextGate(): number;
  readonly stop: AbortSignal;
}

/** A tree on which the gate was green. */
export interface Gated {
  readonly tree: string;
  /** For the `Gate:` trailers, one line each. */
  readonly evidence: readonly string[];
  readonly checks: readonly GateCheck[];
  /** Which entries of the gate ran (GateReport.scope); missing: a note from before does not say it. */
  readonly scope?: string;
}

/** How an attempt to land ended. */
export type LandingEnd = { readonly checks: readonly GateCheck[] } & (
  | {
      readonly kind: 'landed';
      readonly commit: string;
      readonly main: string;
      readonly named: readonly string[];
    }
  | { readonly kind: 'waiting'; readonly waiting: WaitingLanding }
  /** `pr`: address, or `branch NAME`, or null when the forge failed; `reason`: what is left to do. */
  | {
      readonly kind: 'proposed';
      readonly commit: string;
      readonly pr: string | null;
      readonly reason: string | null;
    }
  | { readonly kind: 'held' | 'refused'; readonly findings: readonly ContractFinding[] }
  /** `failure`: for the agent's next turn. */
  | { readonly kind: 'red'; readonly reason: string; readonly failure: string }
  | { readonly kind: 'conflict'; readonly files: readonly string[]; readonly main: string }
  /** The task says something else on main now; both texts as `taskWords`. */
  | { readonly kind: 'changed'; readonly before: string; readonly now: string }
  | { readonly kind: 'main-red' | 'revoked' | 'failed'; readonly reason: string }
  | { readonly kind: 'interrupted' }
);
