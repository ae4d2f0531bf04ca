import type { Agent } from '../../agent/agent.ts';
import type { Mask } from '../../agent/mask.ts';
import type { RotaEvent, Step } from '../../events.ts';
import type { AgentFailure } from '../../plan/agent-failure.ts';
import type { SpentBudget } from '../../plan/budget.ts';
import type { Outcome } from '../../plan/outcome.ts';
import type { WaitingLanding } from '../../plan/record.ts';
import type { Role } from '../../role/role.ts';
import type { HeldLock } from '../claim/held-lock.ts';
import type { LostLock } from '../claim/keep-lock.ts';
import type { Claim } from '../claim/take-lock.ts';
import type { GateCheck } from '../gate/gate-report.ts';
import type { Project } from '../project/project.ts';
import type { RunFolder } from '../project/run-folder.ts';
import type { ReachFacts } from '../project/tamper-reach.ts';
import type { Meter } from '../usage/meter.ts';
import type { Workplace } from '../workplace/workplace.ts';
import type { Worktree } from '../worktree/worktree.ts';
import type { Stopwatch } from './stopwatch.ts';

/** A run that holds a task's lock. */
export interface ActiveRun {
  /** Masked: what its programs write, and its events. */
  readonly project: Project;
  /** For what else is kept or shown. */
  readonly mask: Mask;
  readonly id: string;
  readonly role: Role;
  readonly agent: Agent;
  readonly requirement: 'required' | 'optional';
  readonly claim: Claim;
  readonly lock: HeldLock;
  readonly folder: RunFolder;
  readonly watch: Stopwatch;
  /** Fires when the worker has to stop: a signal, or the lock is lost. */
  readonly stop: AbortSignal;
  /** Why the lock is lost; null: it is held as far as is known. */
  readonly lost: () => LostLock | null;
  /** Counts gate runs. */
  readonly nextGate: () => number;
  readonly tell: (event: RotaEvent) => void;
  readonly step: (
    step: Step,
    state: 'started' | 'done' | 'skipped' | 'failed',
    detail?: string | null,
  ) => void;
  /** Set once it is there. */
  worktree: Worktree | null;
  /** Set once it is there, after the worktree. */
  workplace: Workplace | null;
  /** What an agent with the person's rights reaches, looked at beside the first prompt; null: later, or not at all. */
  looked: Promise<ReachFacts> | null;
  /** The agent's session, for a turn that goes on in it; null: there is none yet, or the client has none. */
  session: string | null;
  /** Counts what the agent uses. */
  readonly meter: Meter;
  /** Lines for the run's note: the newest conflict that it met (plan/met-conflict.ts); null: none. */
  met: string | null;
}

/** How the work on a task ended, before the lock is released. */
export interface Ending {
  readonly outcome: Exclude<Outcome, 'idle'>;
  readonly reason: string | null;
  /** What a person has to answer. */
  readonly question?: string | null;
  /** For the next attempt. */
  readonly details?: string | null;
  readonly waiting?: WaitingLanding | null;
  /** For `failed`: what its client could not. */
  readonly failure?: AgentFailure | null;
  /** The budget that ended it. */
  readonly spent?: SpentBudget | null;
  /** For `proposed`: the request's address, or `branch NAME`; null: the forge failed. */
  readonly pr?: string | null;
  /** The landed, proposed or waiting commit. */
  readonly commit?: string | null;
  readonly checks?: readonly GateCheck[];
}
