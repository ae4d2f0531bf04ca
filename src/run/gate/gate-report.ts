import type { ContractFinding } from '../../plan/changed-file.ts';
import type { GateProof } from '../../plan/proof/proof.ts';

/** One check of the gate: the contract, the backlog, the proof, a setup or gate command. */
export interface GateCheck {
  /** `contract`, `backlog`, `proof`, `setup: npm ci`, or the command as rota.yaml has it, on one line. */
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  /** How many tests ran; null when nobody counted. */
  readonly tests: number | null;
  /** Why it failed, on one line; of a proof also what it proved; else null when it passed. */
  readonly detail: string | null;
  /** Tests that failed and then passed in a second run, or the command as a whole. */
  readonly flaky?: readonly string[];
}

/** What the gate says about one candidate. */
export interface GateReport {
  /**
   * `green`: it may land. `red`: a check failed, the agent may mend it. `held`: a person must accept it. `refused`: nobody may
   * want it. `interrupted`: the gate was stopped, nothing is known.
   */
  readonly verdict: 'green' | 'red' | 'held' | 'refused' | 'interrupted';
  /** In the order in which they ran; the gate stops at the first that fails. */
  readonly checks: readonly GateCheck[];
  /** For the agent or the person: what failed, how it ended, the end of its output. Null when green or interrupted. */
  readonly failure: string | null;
  /** For the `Gate:` trailer: one line. */
  readonly evidence: string;
  /** Further lines for it: existing tests that the branch changed, flaky tests, tests that are gone and may be. */
  readonly notes: readonly string[];
  /** Held or refused: what for. */
  readonly findings: readonly ContractFinding[];
  /** Red: whether only the branch can be to blame, so that nobody need ask how main does. */
  readonly own: boolean;
  /** Which entries of the gate this change called for; `all` when no entry was left out. */
  readonly scope: string;
  /** What the red-green proof found; null when none was asked for, or the gate did not get there. */
  readonly proof: GateProof | null;
}
