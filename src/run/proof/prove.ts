import type { ProofCommand } from '../../config.ts';
import type { ChangedFile } from '../../plan/changed-file.ts';
import { judgeGreen } from '../../plan/proof/judge-green.ts';
import { judgeRed, type RunnerAnswer } from '../../plan/proof/judge-red.ts';
import { type GateProof, type ProvenTest, proofWords } from '../../plan/proof/proof.ts';
import { type ProofFile, proofFiles } from '../../plan/proof/proof-files.ts';
import { type ProofRun, planProof } from '../../plan/proof/proof-plan.ts';
import type { Identity } from '../../store/identity.ts';
import { openNeutral } from '../../store/neutral.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import type { CommandEnd } from '../gate/run-command.ts';
import { commitOnOldMain } from './old-main-tree.ts';
import { readPackages } from './read-packages.ts';
import { type ProofCommandRun, runTests } from './run-tests.ts';

/** What has to be proved. */
export interface ProofWish {
  /** Old main: the first parent of the candidate. */
  readonly main: string;
  /** Every path that differs between old main and the candidate. */
  readonly changed: readonly ChangedFile[];
}

export interface ProveInput<Stop> extends ProofWish {
  readonly system: System;
  readonly repository: Repository;
  readonly identity: Identity;
  /** rota.yaml's `proof`. */
  readonly commands: readonly ProofCommand[];
  /** The candidate. */
  readonly commit: string;
  /** The gate folder. */
  readonly checkout: string;
  /** GateBox.reports. */
  readonly reports: string;
  /** Empties the gate folder and puts a commit there, with what setup makes of it; else says why that cannot be. */
  provision(commit: string): Promise<Stop | null>;
  /** `side`: whose code it runs on. */
  command(side: 'old' | 'new', spec: ProofCommandRun): Promise<CommandEnd>;
}

export type ProofEnd<Stop> =
  | Halt<Stop>
  | { readonly kind: 'proven'; readonly proof: GateProof & { readonly kind: 'proven' } }
  | { readonly kind: 'unproven'; readonly reason: string; readonly failure: string };

/** Nothing is known: it was stopped, or the folder could not be made ready. */
type Halt<Stop> = { readonly kind: 'stopped'; readonly by: Stop } | { readonly kind: 'interrupted' };

/** Characters. */
const TRAILER = 170;

/**
 * Red-green: the branch's tests fail on old main's code, for an assertion, and the same tests pass on the merge result. Each
 * changed test runs once on either side, at most.
 */
export async function prove<Stop>(input: ProveInput<Stop>): Promise<ProofEnd<Stop>> {
  const { system, repository, main, changed } = input;
  const { carried, tests } = proofFiles(changed);
  const neutral = await openNeutral(system, repository);
  try {
    const packages = await readPackages(
      system,
      neutral.place,
      main,
      tests.map(({ path }) => path),
    );
    const plan = planProof(tests, input.commands, packages);
    if (plan.kind === 'unproven') return plan;
    const { identity, commit } = input;
    const overlay = await commitOnOldMain(system, neutral, { main, candidate: commit, carried, identity });
    return await bothSides({ ...input, tests, overlay, runs: plan.runs });
  } finally {
    await neutral.close();
  }
}

interface Sides<Stop> extends ProveInput<Stop> {
  readonly tests: readonly ProofFile[];
  /** Old main with the branch's tests. */
  readonly overlay: string;
  readonly runs: readonly ProofRun[];
}

async function bothSides<Stop>(sides: Sides<Stop>): Promise<ProofEnd<Stop>> {
  const old = await runSide(sides, 'old', sides.overlay, sides.runs);
  if (!Array.isArray(old)) return old;
  const red = judgeRed(old);
  if (red.kind === 'unproven') return red;
  const indexes = [...red.tests.keys()];
  const now = await runSide(
    sides,
    'new',
    sides.commit,
    indexes.map((index) => sides.runs[index]!),
  );
  if (!Array.isArray(now)) return now;
  const proven: ProvenTest[] = [];
  for (const [at, index] of indexes.entries()) {
    const tests = red.tests.get(index) ?? [];
    const green = judgeGreen(now[at]!, tests);
    if (green.kind === 'unproven') return green;
    proven.push(...tests);
  }
  const { greenBefore } = red;
  return {
    kind: 'proven',
    proof: { kind: 'proven', tests: proven, greenBefore, line: `proof: ${proofWords(proven, TRAILER)}` },
  };
}

async function runSide<Stop>(
  sides: Sides<Stop>,
  side: 'old' | 'new',
  commit: string,
  runs: readonly ProofRun[],
): Promise<RunnerAnswer[] | Halt<Stop>> {
  const { system, tests, checkout, reports } = sides;
  const by = await sides.provision(commit);
  if (by !== null) return { kind: 'stopped', by };
  const answers: RunnerAnswer[] = [];
  for (const run of runs) {
    const command = (spec: ProofCommandRun) => sides.command(side, spec);
    const answer = await runTests(system, { run, tests, checkout, reports, command });
    if (answer === null) return { kind: 'interrupted' };
    answers.push(answer);
  }
  return answers;
}
