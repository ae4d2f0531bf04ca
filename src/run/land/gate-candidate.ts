import type { GateReport } from '../gate/gate-report.ts';
import { runGate } from '../gate/run-gate.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import type { ProofWish } from '../proof/prove.ts';
import { readChangedFiles } from './changed-files.ts';
import type { Gated, LandingEnd, LandingWork } from './landing-work.ts';
import type { PreparedLanding } from './prepare-landing.ts';
import { readMainVerdict, writeMainVerdict } from './red-main.ts';

/**
 * Runs the gate on a candidate. Red there, it runs once on main itself: red there too means that main is red. What only
 * the branch is to blame for (the backlog, a bug that nothing proves) is not asked of main.
 */
export async function gateCandidate(
  project: Project,
  work: LandingWork,
  prepared: PreparedLanding,
): Promise<Gated | LandingEnd> {
  const { commit } = prepared.candidate;
  const proof = await wantedProof(project, work, prepared);
  const report = await gateOn(project, work, prepared, commit, proof);
  const { checks } = report;
  switch (report.verdict) {
    case 'green': {
      const proof = report.proof?.kind === 'proven' ? [report.proof.line] : [];
      return { tree: prepared.candidate.tree, evidence: [report.evidence, ...proof], checks };
    }
    case 'held':
    case 'refused':
      return { kind: report.verdict, findings: prepared.contract, checks };
    case 'interrupted':
      return { kind: 'interrupted', checks };
    case 'red': {
      const own = prepared.problems.length > 0 || report.proof?.kind === 'unproven';
      if (!own && (await isMainRed(project, work, prepared))) {
        const reason = `the gate fails on main itself (${prepared.candidate.main.slice(0, 8)})`;
        return { kind: 'main-red', reason, checks };
      }
      const failed = checks.find(({ passed }) => !passed)?.name ?? 'the gate';
      const why = report.proof?.kind === 'unproven' ? `: ${report.proof.reason}` : '';
      return { kind: 'red', reason: `${failed} failed${why}`, failure: report.failure ?? '', checks };
    }
    default:
      return report.verdict satisfies never;
  }
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

async function isMainRed(project: Project, work: LandingWork, prepared: PreparedLanding): Promise<boolean> {
  const { main } = prepared.candidate;
  let verdict = await readMainVerdict(project, main);
  if (verdict === null) {
    const base = await gateOn(project, work, { ...prepared, contract: [], problems: [] }, main, null);
    if (base.verdict === 'interrupted') return false;
    verdict = base.verdict === 'green' ? 'green' : 'red';
    await writeMainVerdict(project, main, verdict);
  }
  return verdict === 'red';
}

function gateOn(
  project: Project,
  work: LandingWork,
  { contract, problems, snapshot, task }: PreparedLanding,
  commit: string,
  proof: ProofWish | null,
): Promise<GateReport> {
  const { system, repository, identity } = project;
  const origin = { role: work.role.name, task: task.id, run: work.lock.run };
  return runGate({
    system,
    repository,
    config: snapshot.config,
    identity,
    commit,
    run: work.lock.run,
    task: task.id,
    branch: work.branch,
    home: repository.bare ? null : repository.root,
    turn: work.nextGate(),
    runFolder: work.folder,
    contract,
    backlogProblems: problems,
    proof,
    stop: work.stop,
    emit: (event) => send(project, origin, event),
  });
}
