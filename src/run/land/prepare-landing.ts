import type { Problem } from '../../errors.ts';
import type { BranchChange } from '../../plan/branch-changes.ts';
import type { ContractFinding } from '../../plan/changed-file.ts';
import { landingMessage } from '../../plan/commit-message.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import { appendLog } from '../../task/body.ts';
import { editTask } from '../../task/edit.ts';
import { formatLogLine } from '../../task/log-line.ts';
import { nextOccurrence } from '../../task/repeat.ts';
import type { Task } from '../../task/task.ts';
import { taskWords } from '../../task/task-words.ts';
import { revocationOf } from '../claim/keep-lock.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot, type Snapshot } from '../project/snapshot.ts';
import { acceptFindings } from './accept-findings.ts';
import { acceptedTrailers } from './acceptance.ts';
import { readBacklogProblems } from './backlog-problems.ts';
import { readBranchChanges } from './branch-changes.ts';
import { type Candidate, makeCandidate } from './candidate.ts';
import type { LandingEnd, LandingWork } from './landing-work.ts';
import { readContract } from './read-contract.ts';
import { type RewrittenTask, readRewrittenTasks } from './rewritten-tasks.ts';
import { readSides, type Sides } from './sides.ts';

/** A candidate on the newest main, with all that is judged without running anything. */
export interface PreparedLanding {
  readonly candidate: Candidate;
  readonly task: Task;
  readonly snapshot: Snapshot;
  /** Every path that landing it would change on main. */
  readonly changes: readonly BranchChange[];
  readonly contract: readonly ContractFinding[];
  readonly problems: readonly Problem[];
  /** Other tasks whose files it changes. */
  readonly rewritten: readonly RewrittenTask[];
}

/** A candidate, or why there is none. */
export type Prepared =
  | { readonly kind: 'prepared'; readonly prepared: PreparedLanding }
  | { readonly kind: 'ended'; readonly end: LandingEnd };

/**
 * Reads main anew, looks whether the task is still this run's and still says the same, and merges.
 *
 * @param fresh false: what was read last will do, a landing on another main than that does not happen
 */
export async function prepareLanding(project: Project, work: LandingWork, fresh = true): Promise<Prepared> {
  const snapshot = await readSnapshot(project, fresh);
  const { main } = snapshot.view;
  const reason = await revocationOf(project, work.lock, snapshot);
  const task = snapshot.backlog.byKey.get(work.lock.key);
  if (reason !== null || task === undefined)
    return ended({ kind: 'revoked', reason: reason ?? 'the task file is gone' });

  const text =
    (await readFileAt(project.system, project.repository, main, task.file))?.toString('utf8') ?? '';
  const now = taskWords(text);
  if (work.words !== null && now !== work.words) return ended({ kind: 'changed', before: work.words, now });

  const event = snapshot.config.integrate === 'pr' ? 'proposed' : 'landed';
  const sides = await readSides(project, main, work.tip);
  if (sides.base === null) return ended(unrelated(work));
  // What the branch did has nothing to do with what it is merged into.
  const [made, findings] = await Promise.all([
    makeCandidate(project, {
      sides,
      file: task.file,
      finish: (merged) => finishTask(project, work, task, merged, event),
      added: work.proposals.added,
      message: landingMessage({
        task,
        commit: work.commit,
        body: work.summary,
        trailers: trailersOf(work, task, [], 'candidate'),
      }),
    }),
    readFindings(project, work, task, snapshot, sides),
  ]);
  if (made.kind === 'conflict') return ended({ kind: 'conflict', files: made.files, main });

  const { candidate } = made;
  const [changes, problems] = await Promise.all([
    readBranchChanges(project, main, candidate.commit),
    readBacklogProblems(project, snapshot, candidate.commit),
  ]);
  const rewritten = await readRewrittenTasks(project, candidate, changes, task);
  const contract = acceptFindings(project, work, 'contract', findings);
  const judged = { changes, contract, problems, rewritten };
  return { kind: 'prepared', prepared: { candidate, task, snapshot, ...judged } };
}

type Unprepared =
  | { readonly kind: 'revoked'; readonly reason: string }
  | { readonly kind: 'changed'; readonly before: string; readonly now: string }
  | { readonly kind: 'conflict'; readonly files: readonly string[]; readonly main: string }
  | { readonly kind: 'refused'; readonly findings: readonly ContractFinding[] };

function ended(end: Unprepared): Prepared {
  return { kind: 'ended', end: { ...end, checks: [] } };
}

/** Merging it would bring in everything of another project. */
function unrelated({ branch }: LandingWork): Unprepared {
  const message = `${branch} has no history in common with main`;
  return {
    kind: 'refused',
    findings: [{ severity: 'refused', path: '.', rule: 'unrelated-history', message }],
  };
}

/** The task file as it lands: closed (or put off, for standing work), without a lock, with its log. */
function finishTask(
  project: Project,
  { lock, role }: LandingWork,
  task: Task,
  text: string,
  event: 'landed' | 'proposed',
): string {
  const at = project.system.clock.now();
  const closed =
    task.repeat === null
      ? { status: 'done', lock: undefined }
      : {
          status: 'ready',
          lock: undefined,
          'not-before': nextOccurrence(task.repeat, at)
            .toISOString()
            .replace(/\.\d+Z$/, 'Z'),
        };
  const landed = formatLogLine({
    at,
    role: role.name,
    task: task.id,
    event,
    detail: `run ${lock.run}`,
  });
  // What was proposed before has its lines already.
  return appendLog(
    editTask(text, closed),
    [...lock.record.log, landed].filter((line) => !text.includes(line)),
  );
}

function readFindings(
  project: Project,
  { role, lock }: LandingWork,
  task: Task,
  { config, roles }: Snapshot,
  sides: Sides,
): Promise<ContractFinding[]> {
  const { publish, proposal } = lock.record;
  // The contract is main's, as everything that judges: a person may have changed it since the run began.
  const onMain = roles.find(({ name }) => name === role.name) ?? role;
  return readContract(project, { role: onMain, task, config, sides, publish, proposal });
}

/** The trailers of a landing; `gated` is the tree that the gate ran on. */
export function trailersOf(work: LandingWork, task: Task, gate: readonly string[], gated: string) {
  const { lock, role, branch, agent, accept } = work;
  return {
    task: task.id,
    role: role.name,
    run: lock.run,
    branch,
    agent,
    gate: [...gate, ...acceptedTrailers(accept)],
    gated,
  };
}
