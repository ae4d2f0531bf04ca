import type { PullRequest } from '../../forge/forge.ts';
import { judgeMerged, type WorkOnMain } from '../../plan/merged-branch.ts';
import {
  decideRequest,
  type RequestDecision,
  type RequestFacts,
  type RequestTask,
} from '../../plan/pull-request.ts';
import { plainText } from '../../task/text.ts';
import { readEdited } from '../claim/pick-facts.ts';
import { mergeTrees } from '../land/merge-trees.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { failureOf } from '../sweep/failure.ts';
import { sideBySide } from '../sweep/side-by-side.ts';
import type { Sweeping } from '../sweep/sweeping.ts';
import { commitOf, isAncestor } from '../worktree/ancestry.ts';
import { fetchBranch } from '../worktree/find-branch.ts';
import { askForge, type ForgeWord } from './ask-forge.ts';
import { carryOut, type RequestOutcome } from './carry-out.ts';
import { type FollowedTask, followedTasks } from './followed-task.ts';
import { readWorkOnMain } from './read-work-on-main.ts';

/** Requests that are looked after at the same time. */
const AT_ONCE = 4;
/** Where the role of a task is not known. */
const ATTEMPTS = 3;

/**
 * Follows every pull request of rota's (docs/protocols.md, "Pull requests"): one question to the forge for all of them, git's
 * word where it cannot answer, and for each what follows from it. One that fails is named and stops no other.
 *
 * @returns whether a record changed
 */
export async function followRequests(sweeping: Sweeping, snapshot: Snapshot): Promise<boolean> {
  const { project, options, add } = sweeping;
  const tasks = followedTasks(snapshot);
  if (tasks.length === 0 || project.branches === null) return false;
  const [word, tips, edited] = await Promise.all([
    askForge(project, snapshot, tasks, options.dryRun),
    project.branches.list('refs/heads/ai/'),
    readEdited(project, snapshot),
  ]);
  if (word.trouble !== null)
    add('kept', { reason: `pull requests are followed by git's word alone: ${plainText(word.trouble)}` });
  const seen: Seen = { word, tips, edited };
  const outcomes = await sideBySide(tasks, AT_ONCE, (task) => followOrSay(sweeping, snapshot, seen, task));
  for (const [at, task] of tasks.entries()) tell(sweeping, task, outcomes[at]!);
  return outcomes.some(({ changed }) => changed);
}

interface Seen {
  readonly word: ForgeWord;
  /** Branches on the remote; null: it did not answer. */
  readonly tips: ReadonlyMap<string, string> | null;
  readonly edited: ReadonlySet<string>;
}

function tell({ add }: Sweeping, { record }: FollowedTask, { lines }: RequestOutcome): void {
  for (const { list, reason } of lines)
    add(list, { task: record.task, branch: record.proposal.branch, reason: plainText(reason) });
}

async function followOrSay(
  sweeping: Sweeping,
  snapshot: Snapshot,
  seen: Seen,
  task: FollowedTask,
): Promise<RequestOutcome> {
  try {
    return await follow(sweeping, snapshot, seen, task);
  } catch (error) {
    const reason = `its pull request could not be followed: ${failureOf(error)}`;
    return { changed: false, lines: [{ list: 'kept', reason }] };
  }
}

async function follow(
  sweeping: Sweeping,
  snapshot: Snapshot,
  seen: Seen,
  followed: FollowedTask,
): Promise<RequestOutcome> {
  const { key, record } = followed;
  const { project, options } = sweeping;
  const { proposal } = record;
  const request = seen.word.requests.get(key) ?? null;
  const tip = seen.tips?.get(`refs/heads/${proposal.branch}`) ?? null;
  const branch = await branchState(project, seen, followed, tip);
  const head = request?.head ?? (branch === 'there' ? tip : null) ?? proposal.head;
  const looked: Looked = { followed, request, tip, branch, head };
  if (!options.dryRun) await bring(project, looked);
  const decision = await judge(sweeping, snapshot, seen, looked);
  const pushed = branch === 'there';
  return carryOut(sweeping, snapshot, { followed, decision, head, word: seen.word, pushed });
}

interface Looked {
  readonly followed: FollowedTask;
  readonly request: PullRequest | null;
  /** Of the branch on the remote. */
  readonly tip: string | null;
  readonly branch: RequestFacts['branch'];
  /** The newest commit of what was proposed, with what others put on top. */
  readonly head: string;
}

async function judge(
  { project, options }: Sweeping,
  snapshot: Snapshot,
  seen: Seen,
  { followed, request, branch, head }: Looked,
): Promise<RequestDecision> {
  const { record, key } = followed;
  const { main } = snapshot.view;
  const task = taskOf(snapshot, seen, followed);
  const mergeOnMain = request?.merge != null && (await isOnMain(project, request.merge, main));
  // An open request whose task is still to be done is not merged, says the forge: git need not search.
  const plain = request?.state === 'open' && task.state === 'open';
  const sure = request?.state === 'merged' && mergeOnMain;
  const file = snapshot.backlog.byKey.get(key)?.file ?? null;
  const work: WorkOnMain =
    plain || sure
      ? 'not-there'
      : await readWorkOnMain(project, { main, head, file, merges: !options.dryRun });
  const merged = judgeMerged({ request: request?.state ?? null, mergeOnMain, work });
  const asks = request === null && merged.merged === 'no' && !options.dryRun;
  const conflict = asks && (await conflicts(project, main, head));
  const role = snapshot.roles.find(({ name }) => record.proposal.branch.startsWith(`ai/${name}/`));
  return decideRequest({
    ...{ record, request, merged, branch, conflict, task },
    attempts: role?.attempts ?? ATTEMPTS,
    now: project.system.clock.now(),
  });
}

function taskOf({ backlog }: Snapshot, { edited }: Seen, { key, record }: FollowedTask): RequestTask {
  const task = backlog.byKey.get(key);
  if (task === undefined) {
    const why = backlog.unusable.has(key) ? 'cannot be read' : 'is gone';
    return { state: 'away', taken: `the file of ${record.task} on main ${why}`, edited: false };
  }
  const { status, repeat, lock, id } = task;
  const taken =
    status !== 'ready'
      ? `${id} is ${status} on main`
      : lock !== null && lock.run === null
        ? `${lock.by ?? 'a person'} locked ${id}`
        : null;
  const state = status !== 'ready' || repeat !== null ? 'over' : 'open';
  return { state, taken, edited: edited.has(key) };
}

/** Commits that others pushed to the branch are needed here to judge them; what cannot be had is unknown to git then. */
async function bring(project: Project, { followed, request, tip, head }: Looked): Promise<void> {
  const { branch, head: proposed } = followed.record.proposal;
  if ((await commitOf(project, head)) !== null) return;
  // A forge keeps the head of a request whose branch is gone.
  const ref = tip === head || request === null ? `refs/heads/${branch}` : `refs/pull/${request.number}/head`;
  await fetchBranch(project, ref, proposed);
}

async function isOnMain(project: Project, commit: string, main: string): Promise<boolean> {
  return (await commitOf(project, commit)) !== null && (await isAncestor(project, commit, main));
}

async function branchState(
  project: Project,
  { tips }: Seen,
  { record: { proposal } }: FollowedTask,
  tip: string | null,
): Promise<RequestFacts['branch']> {
  if (tips === null || !proposal.branch.startsWith('ai/')) return 'unknown';
  if (tip === null) return 'gone';
  if (tip === proposal.head || (await commitOf(project, tip)) === null) return 'there';
  const behind =
    (await commitOf(project, proposal.head)) !== null && (await isAncestor(project, tip, proposal.head));
  return behind ? 'behind' : 'there';
}

async function conflicts(project: Project, main: string, head: string): Promise<boolean> {
  if ((await commitOf(project, head)) === null) return false;
  return (await mergeTrees(project, main, head)).conflicts.length > 0;
}
