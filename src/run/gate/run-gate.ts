import { join } from 'node:path';
import type { Config } from '../../config.ts';
import type { Problem } from '../../errors.ts';
import type { RotaEvent } from '../../events.ts';
import { gateEnvironment } from '../../isolate/gate-environment.ts';
import type { BranchChange } from '../../plan/branch-changes.ts';
import type { ContractFinding } from '../../plan/changed-file.ts';
import { failureDigest } from '../../plan/failure-digest.ts';
import type { Identity } from '../../store/identity.ts';
import { openNeutral } from '../../store/neutral.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { judgeProof } from '../proof/judge-proof.ts';
import type { ProofWish } from '../proof/prove.ts';
import { type CheckBook, checkBook } from './check-book.ts';
import type { GateBox } from './gate-box.ts';
import { gateEvidence } from './gate-evidence.ts';
import { type GateFolder, takeGateFolder } from './gate-folder.ts';
import type { GateReport } from './gate-report.ts';
import { type GateScope, gateScope } from './gate-scope.ts';
import { judgeCommands } from './judge-commands.ts';
import { judgeFindings } from './judge-findings.ts';
import { maskOfGate } from './mask-of-gate.ts';
import { noteChangedTests } from './note-changed-tests.ts';
import { provisionGate } from './provision-gate.ts';
import { checkOf } from './run-commands.ts';
import type { SetupEnd } from './run-setup.ts';

export interface GateInput {
  readonly system: System;
  readonly repository: Repository;
  /** Main's configuration, never the candidate's. */
  readonly config: Config;
  readonly identity: Identity;
  /** The merge commit that would land, or main itself. */
  readonly commit: string;
  /** Main that the candidate was made on; null: main itself is judged. */
  readonly base: string | null;
  /** What landing would change on main: it says which entries of the gate run. Null: all of them. */
  readonly changes: readonly BranchChange[] | null;
  readonly run: string;
  readonly task: string;
  /** The task's branch, for setup commands. */
  readonly branch: string;
  readonly home: string | null;
  /** Counts the gate's runs within the run: output goes to `gate-<turn>-<n>.log` in `runFolder`. */
  readonly turn: number;
  readonly runFolder: string;
  /** Without those that a person accepted. */
  readonly contract: readonly ContractFinding[];
  /** Problems that the merge result has and old main has not. */
  readonly backlogProblems: readonly Problem[];
  /** What the branch's tests have to prove; null: nothing. */
  readonly proof: ProofWish | null;
  /** What keeps the commands in their place; opened when they run, with the gate's checkout and a folder of its own. */
  openBox(checkout: string, folder: string): Promise<GateBox>;
  /** Of tests that are gone or skipped now, those that neither the role nor a person allows. */
  openTests(findings: readonly ContractFinding[]): readonly ContractFinding[];
  readonly stop: AbortSignal;
  readonly emit: (event: RotaEvent) => void;
}

/**
 * Judges a candidate, in the order of docs/protocols.md: the contract, the backlog, whether the gate covers it, the proof,
 * then the commands of main's configuration on a clean checkout of the candidate outside every checkout, then whether main's
 * tests are all still there. Stops at the first check that fails. A setup command that fails is a red check: what the branch
 * did to its manifests is the usual cause.
 *
 * @throws RotaError `files`, `git`: nothing is known about the candidate then
 */
export async function runGate(input: GateInput): Promise<GateReport> {
  const book = checkBook(input.emit);
  const scope = gateScope(input, book);
  const end =
    judgeFindings(input, book) ??
    scope.judgeCoverage(input, book) ??
    (await judgeByRunning(input, scope, book));
  const { verdict, failure, findings = [], own = false } = end;
  // What reports and files say comes past what masks a program's output.
  return maskOfGate(input).deep({
    ...{ verdict, failure, findings, own },
    checks: book.checks,
    evidence: gateEvidence(verdict, book.checks, input.config),
    notes: book.notes,
    proof: book.proof(),
    scope: scope.name,
  });
}

export interface Verdict {
  readonly verdict: GateReport['verdict'];
  readonly failure: string | null;
  /** Held or refused: what for. */
  readonly findings?: readonly ContractFinding[];
  /** Red: only the branch can be to blame. */
  readonly own?: boolean;
}

const GREEN: Verdict = { verdict: 'green', failure: null };
/** Below the run's folder, with the number of the gate. */
const GATE_BOX = 'box-gate-';
const INTERRUPTED: Verdict = { verdict: 'interrupted', failure: null };

async function judgeByRunning(input: GateInput, scope: GateScope, book: CheckBook): Promise<Verdict> {
  noteChangedTests(input, book);
  const { wanted } = scope;
  if (wanted.length === 0 && input.proof === null) return GREEN;
  if (input.stop.aborted) return INTERRUPTED;
  const folder = await takeGateFolder(input.system, input.repository);
  let box: GateBox | null = null;
  try {
    box = await input.openBox(folder.path, join(input.runFolder, `${GATE_BOX}${input.turn}`));
    return await judgeInFolder(input, scope, book, { folder, box });
  } finally {
    await box?.close();
    const left = await folder.release();
    if (left !== null)
      input.emit({ type: 'notice', level: 'warning', message: `An earlier gate's files stay: ${left}` });
  }
}

interface GatePlace {
  readonly folder: GateFolder;
  readonly box: GateBox;
}

async function judgeInFolder(
  input: GateInput,
  scope: GateScope,
  book: CheckBook,
  place: GatePlace,
): Promise<Verdict> {
  const unproven = await judgeByProof(input, place, book);
  if (unproven !== null || scope.wanted.length === 0) return unproven ?? GREEN;
  const provision = (commit: string, into: Pick<CheckBook, 'add'>, label: string) =>
    provisionFolder({ ...input, commit }, place, into, label);
  return (
    (await provision(input.commit, book, '')) ??
    (await judgeCommands(input, { ...place, scope, book, provision })) ??
    GREEN
  );
}

/** Null: proven, or nothing has to be; the folder is empty. */
async function judgeByProof(input: GateInput, place: GatePlace, book: CheckBook): Promise<Verdict | null> {
  if (input.proof === null) return null;
  const unproven = await judgeProof(input, {
    ...place,
    wish: input.proof,
    provision: (commit, label) => provisionFolder({ ...input, commit }, place, book, label),
    onCheck: book.add,
    onProof: book.prove,
  });
  return unproven === null ? null : { ...unproven, own: book.proof()?.kind === 'unproven' };
}

/** Null: the folder is ready. */
async function provisionFolder(
  input: GateInput,
  { folder, box }: GatePlace,
  book: Pick<CheckBook, 'add'>,
  label: string,
): Promise<Verdict | null> {
  const { system, repository, config, run } = input;
  const neutral = await openNeutral(system, repository);
  try {
    const end = await provisionGate(system, repository, neutral, {
      folder,
      rules: box.rules,
      checkout: { commit: input.commit, branch: config.branch, identity: input.identity },
      setup: {
        commands: config.setup,
        env: { ...gateEnvironment(system.environment.variables, [], run), ...setupVariables(input, folder) },
        wrap: box.setup,
        run,
        stop: input.stop,
        outputFile: (n) => join(input.runFolder, `gate-${input.turn}-${label}setup-${n}.log`),
        onEnd: (name, command) => book.add(checkOf(`setup: ${name}`, command), command),
      },
      warn: (message) => input.emit({ type: 'notice', level: 'warning', message }),
    });
    if (end.kind === 'ready') return null;
    if (end.kind === 'interrupted') return INTERRUPTED;
    return { verdict: 'red', failure: setupFailure(end) };
  } finally {
    await neutral.close();
  }
}

function setupVariables({ home, branch, task }: GateInput, folder: GateFolder): Record<string, string> {
  const variables = { ROTA_WORKTREE: folder.path, ROTA_BRANCH: branch, ROTA_TASK: task };
  return home === null ? variables : { ...variables, ROTA_HOME: home };
}

function setupFailure({ command, how, errors, tail }: Extract<SetupEnd, { kind: 'failed' }>): string {
  return failureDigest({ what: 'setup command', name: command, how, failed: [], errors, tail });
}
