import { join } from 'node:path';
import { gateEnvironment } from '../../isolate/gate-environment.ts';
import { type GateProof, proofWords } from '../../plan/proof/proof.ts';
import type { GateBox } from '../gate/gate-box.ts';
import type { GateFolder } from '../gate/gate-folder.ts';
import type { GateCheck } from '../gate/gate-report.ts';
import { type CommandEnd, runCommand } from '../gate/run-command.ts';
import type { GateInput, Verdict } from '../gate/run-gate.ts';
import { type ProofWish, prove } from './prove.ts';
import type { ProofCommandRun } from './run-tests.ts';

interface ProofStage {
  readonly wish: ProofWish;
  /** Where the gate works, one commit after the other; empty. */
  readonly folder: GateFolder;
  readonly box: GateBox;
  /** Puts a commit into the empty folder; a verdict says why it cannot be judged. */
  provision(commit: string, label: string): Promise<Verdict | null>;
  onCheck(check: GateCheck, end?: CommandEnd): void;
  onProof(proof: GateProof): void;
}

/** Milliseconds; as for a gate command that names none. */
const TIME_LIMIT = 30 * 60_000;
/** Characters. */
const DETAIL = 380;

/** The gate's step between backlog and commands. Null: proven, and the folder is empty again. */
export async function judgeProof(input: GateInput, stage: ProofStage): Promise<Verdict | null> {
  const { folder, box } = stage;
  const started = input.system.clock.monotonic();
  let used = false;
  const starts = { old: 0, new: 0 };
  const end = await prove<Verdict>({
    ...stage.wish,
    system: input.system,
    repository: input.repository,
    identity: input.identity,
    commands: input.config.proof,
    commit: input.commit,
    checkout: folder.path,
    reports: box.reports,
    provision: async (commit) => {
      if (used) await folder.clear();
      const label = used ? 'proof-new-' : 'proof-old-';
      used = true;
      return stage.provision(commit, label);
    },
    command: (side, spec) => {
      starts[side] += 1;
      return start({ ...input, box }, spec, `gate-${input.turn}-proof-${side}-${starts[side]}.log`);
    },
  });
  if (end.kind === 'stopped') return end.by;
  if (end.kind === 'interrupted') return { verdict: 'interrupted', failure: null };
  const seconds = Math.round(input.system.clock.monotonic() - started) / 1000;
  const proven = end.kind === 'proven';
  const detail = proven ? proofWords(end.proof.tests, DETAIL) : end.reason;
  const tests = proven ? end.proof.tests.length : null;
  stage.onCheck({ name: 'proof', passed: proven, seconds, tests, detail });
  stage.onProof(proven ? end.proof : { kind: 'unproven', reason: end.reason });
  if (!proven) return { verdict: 'red', failure: end.failure };
  await folder.clear();
  return null;
}

function start(
  input: GateInput & Pick<ProofStage, 'box'>,
  spec: ProofCommandRun,
  log: string,
): Promise<CommandEnd> {
  const { system, run } = input;
  return runCommand(system, {
    command: spec.argv,
    cwd: spec.cwd,
    env: {
      ...gateEnvironment(system.environment.variables, spec.named ?? gateNames(input), run),
      ...spec.env,
    },
    wrap: input.box.command,
    run,
    timeLimit: spec.timeLimit ?? TIME_LIMIT,
    outputFile: join(input.runFolder, log),
    stop: input.stop,
  });
}

/** What the tests see in the gate they see here. */
function gateNames({ config: { gate } }: GateInput): string[] {
  return gate === 'none' ? [] : [...new Set(gate.flatMap(({ env }) => env))];
}
