import { join } from 'node:path';
import type { Config } from '../../config.ts';
import type { Problem } from '../../errors.ts';
import type { RotaEvent } from '../../events.ts';
import { gateEnvironment } from '../../isolate/gate-environment.ts';
import type { ContractFinding } from '../../plan/changed-file.ts';
import type { GateProof } from '../../plan/proof/proof.ts';
import type { Identity } from '../../store/identity.ts';
import { openNeutral } from '../../store/neutral.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import { judgeProof } from '../proof/judge-proof.ts';
import type { ProofWish } from '../proof/prove.ts';
import { type GateFolder, takeGateFolder } from './gate-folder.ts';
import type { GateCheck, GateReport } from './gate-report.ts';
import { provisionGate } from './provision-gate.ts';
import type { CommandEnd } from './run-command.ts';
import { checkOf, failureText, runCommands } from './run-commands.ts';

export interface GateInput {
  readonly system: System;
  readonly repository: Repository;
  /** Main's configuration, never the candidate's. */
  readonly config: Config;
  readonly identity: Identity;
  /** The merge commit that would land. */
  readonly commit: string;
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
  readonly stop: AbortSignal;
  readonly emit: (event: RotaEvent) => void;
}

/**
 * Judges a candidate, in the order of docs/protocols.md: the contract, the backlog, the proof, then the commands of main's
 * configuration on a clean checkout of the candidate outside every checkout. Stops at the first check that fails. A setup
 * command that fails is a red check: what the branch did to its manifests is the usual cause.
 *
 * @throws RotaError `files`, `git`: nothing is known about the candidate then
 */
export async function runGate(input: GateInput): Promise<GateReport> {
  const book = checkBook(input.emit);
  const verdict = judgeFindings(input, book) ?? (await judgeByCommands(input, book));
  return {
    ...verdict,
    checks: book.checks,
    evidence: evidenceOf(verdict.verdict, book.checks, input.config),
    proof: book.proof(),
  };
}

export interface Verdict {
  readonly verdict: GateReport['verdict'];
  readonly failure: string | null;
}

const GREEN: Verdict = { verdict: 'green', failure: null };
const INTERRUPTED: Verdict = { verdict: 'interrupted', failure: null };

/** Collects the checks and tells about each. */
function checkBook(emit: (event: RotaEvent) => void) {
  const checks: GateCheck[] = [];
  let proof: GateProof | null = null;
  return {
    checks,
    proof: () => proof,
    prove: (found: GateProof): void => {
      proof = found;
    },
    add: (check: GateCheck, end?: CommandEnd): void => {
      checks.push(check);
      const { name, passed, seconds, detail } = check;
      emit({ type: 'gate', name, passed, seconds, detail });
      if (end === undefined || end.survivors.length === 0) return;
      const message = `${name} left processes that cannot be ended: ${end.survivors.join(', ')}`;
      emit({ type: 'notice', level: 'warning', message });
    },
  };
}
type CheckBook = ReturnType<typeof checkBook>;

/** Null: nothing was found. */
function judgeFindings({ contract, backlogProblems }: GateInput, book: CheckBook): Verdict | null {
  const contractLines = contract.map(({ message }) => plainText(message));
  book.add(findingsCheck('contract', contractLines));
  if (contract.length > 0) {
    const refused = contract.some(({ severity }) => severity === 'refused');
    return {
      verdict: refused ? 'refused' : 'held',
      failure: listed("outside the role's contract", contractLines),
    };
  }
  const problemLines = backlogProblems.map(({ file, line, message }) =>
    plainText(`${file}:${line} ${message}`),
  );
  book.add(findingsCheck('backlog', problemLines));
  if (backlogProblems.length === 0) return null;
  return { verdict: 'red', failure: listed('new problems in the backlog', problemLines) };
}

function findingsCheck(name: string, found: readonly string[]): GateCheck {
  const [first = null, ...others] = found;
  const detail = others.length === 0 ? first : `${first} (and ${others.length} more)`;
  return { name, passed: found.length === 0, seconds: 0, tests: null, detail };
}

function listed(title: string, found: readonly string[]): string {
  const shown = found.slice(0, 50).map((text) => `- ${text}`);
  if (found.length > 50) shown.push(`- and ${found.length - 50} more`);
  return `The gate found ${title}:\n${shown.join('\n')}`;
}

async function judgeByCommands(input: GateInput, book: CheckBook): Promise<Verdict> {
  if (input.config.gate === 'none' && input.proof === null) return GREEN;
  if (input.stop.aborted) return INTERRUPTED;
  const folder = await takeGateFolder(input.system, input.repository);
  try {
    const unproven = await judgeByProof(input, folder, book);
    if (unproven !== null || input.config.gate === 'none') return unproven ?? GREEN;
    return (
      (await judgeSetup(input, folder, book, '')) ??
      (await judgeCommands(input, folder, input.config.gate, book))
    );
  } finally {
    const left = await folder.release();
    if (left !== null)
      input.emit({ type: 'notice', level: 'warning', message: `An earlier gate's files stay: ${left}` });
  }
}

/** Null: proven, or nothing has to be; the folder is empty. */
async function judgeByProof(input: GateInput, folder: GateFolder, book: CheckBook): Promise<Verdict | null> {
  if (input.proof === null) return null;
  return judgeProof(input, {
    wish: input.proof,
    folder,
    provision: (commit, label) => judgeSetup({ ...input, commit }, folder, book, label),
    onCheck: book.add,
    onProof: book.prove,
  });
}

/** Null: the folder is ready. */
async function judgeSetup(
  input: GateInput,
  folder: GateFolder,
  book: CheckBook,
  label: string,
): Promise<Verdict | null> {
  const { system, repository, config, run } = input;
  const neutral = await openNeutral(system, repository);
  try {
    const end = await provisionGate(system, repository, neutral, {
      folder,
      checkout: { commit: input.commit, branch: config.branch, identity: input.identity },
      setup: {
        commands: config.setup,
        env: { ...gateEnvironment(system.environment.variables, [], run), ...setupVariables(input, folder) },
        run,
        stop: input.stop,
        outputFile: (n) => join(input.runFolder, `gate-${input.turn}-${label}setup-${n}.log`),
        onEnd: (name, command) => book.add(checkOf(`setup: ${name}`, command), command),
      },
    });
    if (end.kind === 'ready') return null;
    if (end.kind === 'interrupted') return INTERRUPTED;
    return { verdict: 'red', failure: failureText('setup command', end.command, end) };
  } finally {
    await neutral.close();
  }
}

function setupVariables({ home, branch, task }: GateInput, folder: GateFolder): Record<string, string> {
  const variables = { ROTA_WORKTREE: folder.path, ROTA_BRANCH: branch, ROTA_TASK: task };
  return home === null ? variables : { ...variables, ROTA_HOME: home };
}

async function judgeCommands(
  input: GateInput,
  folder: GateFolder,
  commands: Exclude<Config['gate'], 'none'>,
  book: CheckBook,
): Promise<Verdict> {
  const { system, run } = input;
  folder.tidy();
  const end = await runCommands(system, {
    commands,
    folder: folder.path,
    environment: (named) => gateEnvironment(system.environment.variables, named, run),
    run,
    runFolder: input.runFolder,
    turn: input.turn,
    stop: input.stop,
    onCheck: book.add,
  });
  if (end.interrupted) return INTERRUPTED;
  return end.failure === null ? GREEN : { verdict: 'red', failure: end.failure };
}

/** What was done, not only how it ended: people read it years later in the commit. A proof has a line of its own. */
function evidenceOf(verdict: GateReport['verdict'], checks: readonly GateCheck[], config: Config): string {
  if (verdict === 'green' && config.gate === 'none') return 'none';
  const said = checks
    .filter(({ name, passed }) => !passed || !['contract', 'backlog', 'proof'].includes(name))
    .map(({ name, passed, seconds, detail }) => {
      const short = name.length > 60 ? `${name.slice(0, 59)}…` : name;
      return passed ? `${short} passed in ${seconds.toFixed(1)}s` : `${short} failed, ${detail}`;
    });
  const text = [verdict, ...said].join('; ');
  return text.length > 400 ? `${text.slice(0, 399)}…` : text;
}
