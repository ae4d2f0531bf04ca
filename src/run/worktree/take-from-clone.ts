import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { openQuarantine, type Quarantine } from '../../isolate/clone-quarantine.ts';
import { type CloneFacts, readClone } from '../../isolate/clone-read.ts';
import { takeCommits } from '../../isolate/clone-take.ts';
import { mergeBase } from '../../store/merge-base.ts';
import { plainText } from '../../task/text.ts';
import { holderName } from '../gate/holder.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor, moveRef } from './ancestry.ts';
import { installIndex } from './check-out.ts';
import { withPrivateIndex } from './private-index.ts';
import { keepOnRescueRef } from './rescue.ts';
import type { WorktreePlace } from './worktree.ts';

export interface CloneTake {
  readonly task: string;
  readonly run: string | null;
  readonly worktree: WorktreePlace;
  readonly base: string | null;
  readonly gitDir: string;
  /** The pack that rota made for it; null: it is not rota's making. */
  readonly pack: string | null;
}

export interface Taken {
  readonly refused: readonly string[];
  /** Something beside the branch could not be taken. */
  readonly incomplete: boolean;
}

/** Below rota's folder: copies of agents' objects while they are looked at. */
export const QUARANTINE = 'quarantine';
/** Commits beside the branch that are rescued one by one. */
const MOST_RESCUED = 20;
/** What git leaves while a merge is open. */
const MERGE_STATE = ['MERGE_HEAD', 'MERGE_MODE', 'MERGE_MSG', 'AUTO_MERGE'];

/**
 * Takes in what an agent committed in a repository of its own: its branch becomes the run's branch if it goes on from where
 * that was; a detached HEAD stays one, for commitLeftovers to judge; everything else that a ref, a stash or a merge names is
 * kept on rescue refs.
 *
 * @throws RotaError `agent` when the branch cannot be taken, with words that follow "the agent's repository"
 */
export async function takeFromClone(project: Project, take: CloneTake): Promise<Taken> {
  const { system, repository } = project;
  const facts = await readClone(system.files, take.gitDir);
  const folder = join(repository.rotaDir, QUARANTINE, holderName(system));
  const from = { folder, from: take.gitDir, knownPack: take.pack, lender: null };
  const quarantine = await openQuarantine(system, repository, from);
  try {
    const ref = `refs/heads/${take.worktree.branch}`;
    const tip = (await commitOf(project, ref)) ?? take.base;
    const known = await knownCommits(project, [tip, take.base]);
    const own = facts.refs.get(ref) ?? (facts.headBranch === take.worktree.branch ? facts.lastHead : null);
    await takeCommits(system, project.neutral.place, quarantine, unique([own, facts.head]), known);
    const refused = await moveBranch(project, take, own, tip);
    const incomplete = await rescueRest(project, take, facts, quarantine, known);
    await showHead(project, take, facts);
    await showIndex(project, take.worktree, tip);
    return { refused, incomplete };
  } finally {
    await quarantine.close();
  }
}

/** Commits of the repository that an agent can have built on. */
async function knownCommits(project: Project, commits: readonly (string | null)[]): Promise<string[]> {
  const main = await commitOf(project, `refs/heads/${project.branch}`);
  const found = await Promise.all(unique([...commits, main]).map((commit) => commitOf(project, commit)));
  return unique(found);
}

/**
 * It has to contain the commit at which the branch had left main: whoever amends and rebases their own commits keeps that, and
 * another history or an older state has not.
 */
async function moveBranch(
  project: Project,
  { task, worktree: { branch }, base }: CloneTake,
  own: string | null,
  tip: string | null,
): Promise<string[]> {
  if (own === null || own === tip) return [];
  const commit = await commitOf(project, own);
  if (commit === null) return [`the agent's repository has something else than a commit on ${branch}`];
  const fork = tip === null || base === null ? tip : await forkOf(project, tip, base);
  if (fork !== null && !(await isAncestor(project, fork, commit))) {
    const ref = await keepOnRescueRef(project, task, commit);
    return [
      `the agent's repository has ${branch} at ${commit.slice(0, 10)}, which does not go on from ${fork.slice(0, 10)}; it is kept as ${ref}`,
    ];
  }
  const why = "rota: from the agent's repository";
  if (
    await moveRef(project, `refs/heads/${branch}`, {
      from: await currentTip(project, branch),
      to: commit,
      why,
    })
  )
    return [];
  throw new RotaError(
    'stale',
    `The branch ${branch} moved while the agent's work was taken in.`,
    'Run it again.',
  );
}

function currentTip(project: Project, branch: string): Promise<string | null> {
  return commitOf(project, `refs/heads/${branch}`);
}

/** Unrelated: the tip itself. */
async function forkOf({ system, neutral }: Project, tip: string, base: string): Promise<string> {
  return (await mergeBase(system, neutral.place, tip, base)) ?? tip;
}

/** @returns whether something could not be taken */
async function rescueRest(
  project: Project,
  take: CloneTake,
  { refs, loose }: CloneFacts,
  quarantine: Quarantine,
  known: readonly string[],
): Promise<boolean> {
  const { system, neutral } = project;
  const rest = unique([...refs.values(), ...loose]);
  try {
    await takeCommits(system, neutral.place, quarantine, rest, known);
  } catch (error) {
    if (error instanceof RotaError && error.code === 'agent') return true;
    throw error;
  }
  let rescued = 0;
  for (const oid of rest) {
    const commit = await commitOf(project, oid);
    if (commit === null || (await isNamed(project, commit))) continue;
    if (++rescued > MOST_RESCUED) return true;
    const ref = await keepOnRescueRef(project, take.task, commit);
    const name = [...refs].find(([, value]) => value === oid)?.[0] ?? 'a stash or an open merge';
    const message = `${plainText(name)} in the agent's repository is kept as ${ref}.`;
    send(project, { role: null, task: take.task, run: take.run }, { type: 'notice', level: 'info', message });
  }
  return false;
}

async function isNamed({ system, repository }: Project, commit: string): Promise<boolean> {
  const args = ['for-each-ref', '--count=1', '--format=x', `--contains=${commit}`];
  const found = await system.git.text(repository.place, [...args, 'refs/heads/', 'refs/rota/rescue/']);
  return found !== '';
}

/** HEAD and an open merge, as they would be if the agent had worked in the worktree itself. */
async function showHead(
  project: Project,
  { worktree: { adminDir, branch } }: CloneTake,
  { headBranch, head, mergeHead }: CloneFacts,
): Promise<void> {
  const { files } = project.system;
  if ((await files.facts(adminDir)) === null) return;
  const tip = await currentTip(project, branch);
  const commit = head === null ? null : await commitOf(project, head);
  const attached = headBranch === branch || commit === null || commit === tip;
  await files.writeWhole(join(adminDir, 'HEAD'), attached ? `ref: refs/heads/${branch}\n` : `${commit}\n`);
  const other = mergeHead === null ? null : await commitOf(project, mergeHead);
  if (other !== null) return files.writeWhole(join(adminDir, 'MERGE_HEAD'), `${other}\n`);
  for (const name of MERGE_STATE)
    if ((await files.facts(join(adminDir, name))) !== null) await files.removeFile(join(adminDir, name));
}

/** What differs from HEAD then is in the folder. An index of the agent's own could name objects that are nowhere. */
async function showIndex(project: Project, worktree: WorktreePlace, before: string | null): Promise<void> {
  const text = await project.system.files.readIfThere(join(worktree.adminDir, 'HEAD'));
  const head = text?.toString('utf8').startsWith('ref:')
    ? await currentTip(project, worktree.branch)
    : (text?.toString('utf8').trim() ?? null);
  if (head === null || head === before) return;
  await withPrivateIndex(project, worktree.path, head, ({ file }) => installIndex(project, worktree, file));
}

function unique(commits: readonly (string | null)[]): string[] {
  return [...new Set(commits.filter((commit) => commit !== null))];
}
