import type { ContractFinding } from '../../plan/changed-file.ts';
import type { GateCheck, GateReport } from '../gate/gate-report.ts';
import { type GateInput, runGate } from '../gate/run-gate.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import type { ProofWish } from '../proof/prove.ts';
import { openGateBox } from '../workplace/open-gate-box.ts';
import { acceptFindings } from './accept-findings.ts';
import { readChangedFiles } from './changed-files.ts';
import type { Gated, LandingEnd, LandingWork } from './landing-work.ts';
import type { PreparedLanding } from './prepare-landing.ts';
import { readMainVerdict, scopeIn, writeMainVerdict } from './red-main.ts';

/**
 * Runs the gate on a candidate. Red there, it runs once on main itself: red there too means that main is red. What only
 * the branch is to blame for (the backlog, a bug that nothing proves) is not asked of main.
 */
export async function gateCandidate(
  project: Project,
  work: LandingWork,
  prepared: PreparedLanding,
): Promise<Gated | LandingEnd> {
  const { commit, main } = prepared.candidate;
  const proof = await wantedProof(project, work, prepared);
  const report = await gateOn(project, work, prepared, { commit, base: main, proof });
  const { checks } = report;
  switch (report.verdict) {
    case 'green': {
      const proof = report.proof?.kind === 'proven' ? [report.proof.line] : [];
      const evidence = [report.evidence, ...proof, ...report.notes];
      return { tree: prepared.candidate.tree, evidence, checks, scope: report.scope };
    }
    case 'held':
    case 'refused':
      return { kind: report.verdict, findings: report.findings, checks };
    case 'interrupted':
      return { kind: 'interrupted', checks };
    case 'red': {
      if (!report.own && (await isMainRed(project, work, prepared, report.scope))) {
        const reason = `the gate fails on main itself (${prepared.candidate.main.slice(0, 8)})`;
        return { kind: 'main-red', reason, checks };
      }
      return { kind: 'red', reason: redReason(checks), failure: report.failure ?? '', checks };
    }
    default:
      return report.verdict satisfies never;
  }
}

/** What failed, and why if that says more than an exit code; problems of the backlog are listed for who can mend them. */
function redReason(checks: readonly GateCheck[]): string {
  const failed = checks.find(({ passed }) => !passed);
  if (failed === undefined) return 'the gate failed';
  const { name, detail } = failed;
  const plain = detail === null || name === 'backlog' || /^exit \d+$/.test(detail);
  return plain ? `${name} failed` : `${name} failed: ${detail}`;
}

/** Whether the role wants this type of task proved; then also what the merge result changes. */
async function wantedProof(
  project: Project,
  { role }: LandingWork,
  { task, candidate, contract, problems }: PreparedLanding,
): Promise<ProofWish | null> {
  if (!Object.hasOwn(role.proof, task.type) || contract.length > 0 || problems.length > 0) return null;
  const { main, commit } = candidate;
  return { main, changed: await readChangedFiles(project, main, commit) };
}

async function isMainRed(
  project: Project,
  work: LandingWork,
  prepared: PreparedLanding,
  scope: string,
): Promise<boolean> {
  const { main } = prepared.candidate;
  let verdict = await readMainVerdict(project, main, scope);
  if (verdict === null) {
    const blank = { ...prepared, contract: [], problems: [] };
    // The same entries of the gate as for the candidate.
    const base = await gateOn(project, work, blank, { commit: main, base: null, proof: null });
    if (base.verdict === 'interrupted') return false;
    verdict = base.verdict === 'green' ? 'green' : 'red';
    await writeMainVerdict(project, main, verdict, scope);
  }
  return verdict === 'red';
}

async function gateOn(
  project: Project,
  work: LandingWork,
  { changes, contract, problems, snapshot, task }: PreparedLanding,
  what: Pick<GateInput, 'commit' | 'base' | 'proof'>,
): Promise<GateReport> {
  const { system, repository, identity } = project;
  const onMain = snapshot.roles.find(({ name }) => name === work.role.name) ?? work.role;
  const { isolation } = onMain;
  const origin = { role: work.role.name, task: task.id, run: work.lock.run };
  const report = await runGate({
    system,
    repository,
    config: snapshot.config,
    identity,
    ...what,
    changes,
    run: work.lock.run,
    task: task.id,
    branch: work.branch,
    home: repository.bare ? null : repository.root,
    turn: work.nextGate(),
    runFolder: work.folder,
    contract,
    backlogProblems: problems,
    openBox: (checkout, folder) =>
      openGateBox(project, {
        ...{ isolation, run: work.lock.run, config: snapshot.config, checkout, folder },
      }),
    openTests: (findings) => openTests(project, work, findings),
    stop: work.stop,
    emit: (event) => send(project, origin, event),
  });
  return { ...report, scope: scopeIn(isolation, report.scope) };
}

/** Tests that are gone or skipped, and that neither the role may take away nor a person gave up. */
function openTests(
  project: Project,
  work: LandingWork,
  findings: readonly ContractFinding[],
): readonly ContractFinding[] {
  return work.role.mayDeleteTests ? [] : acceptFindings(project, work, 'tests', findings);
}
