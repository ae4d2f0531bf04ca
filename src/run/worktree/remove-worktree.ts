import { dirname, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { mayRemoveWorktree, type WorktreeDecision, type WorktreeFacts } from '../../plan/sweep-worktree.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor } from './ancestry.ts';
import { deleteLandedBranch } from './delete-landed-branch.ts';
import { discardAside, dropAdminEntry, moveAside, removeEmptyFolders } from './discard-folder.ts';
import { headFate } from './head-fate.ts';
import { inBranchQueue } from './in-branch-queue.ts';
import { inspectWorktree, type WorktreeContent } from './inspect-worktree.ts';
import { isRotasFolder } from './is-rotas-folder.ts';
import { leaveCloneAndSay } from './leave-clone.ts';
import { readMarker, unlockWorktree } from './marker.ts';
import { readProvisioned } from './read-provisioned.ts';
import { keepOnRescueRef, rescue } from './rescue.ts';
import type { WorktreePlace } from './worktree.ts';

export interface WorktreeRemoval {
  /** Task id, as a rescue ref and a person's command name it. */
  readonly task: string;
  /** `base`: main when its run started, null when that is not known. */
  readonly worktree: WorktreePlace & { readonly base: string | null };
  /** The list that provisionWorktree wrote; no such file: nothing was provisioned. */
  readonly provisionedFile: string;
  /** From rota.yaml. */
  readonly disposable: readonly string[];
  /** The commit with which the work landed, if it just has; else null: main's tip decides. */
  readonly landed: string | null;
  /** The run that the worktree must still belong to; default: any of rota's. */
  readonly run?: string;
  /** Default `over`: the run itself calls this at its end. */
  readonly runState?: WorktreeFacts['run'];
  /** Default `none`: it was released. */
  readonly lock?: WorktreeFacts['lock'];
  readonly discard?: boolean;
  /** Only says what would be done. */
  readonly dryRun?: boolean;
}

export interface Removed {
  readonly removed: boolean;
  /** There was nothing left to remove: somebody else was faster. */
  readonly already: boolean;
  /** The rescue ref that was made. */
  readonly rescued: string | null;
  readonly reason: string;
}

/**
 * Removes a worktree of a run that is over, if nothing is lost by it (docs/protocols.md, "Sweeping"): what is neither landed,
 * pushed, provisioned nor disposable is rescued or keeps the worktree. Its branch goes too when it has landed. An error of git
 * means that it stays.
 */
export async function removeWorktree(project: Project, removal: WorktreeRemoval): Promise<Removed> {
  const { dryRun = false, worktree } = removal;
  try {
    if (dryRun) return await tryRemove(project, removal);
    return await inBranchQueue(project, worktree.branch, () => tryRemove(project, removal));
  } catch (error) {
    // How the run ended is known by now: a disk that fails here must not hide it.
    if (error instanceof RotaError) return kept(`it could not be removed: ${error.message}`);
    throw error;
  }
}

async function tryRemove(project: Project, removal: WorktreeRemoval): Promise<Removed> {
  const { worktree, dryRun = false } = removal;
  const gone = (await project.system.files.facts(worktree.path)) === null;
  if (gone && (await project.system.files.facts(worktree.adminDir)) === null)
    return { ...kept('it is gone already'), removed: true, already: true };
  // An agent's own repository holds commits that are nowhere else, and must not go with the folder.
  if (!gone && !dryRun && isOver(removal) && (await isStillOurs(project, removal)))
    await leaveCloneAndSay(project, { ...removal, run: removal.run ?? null, base: worktree.base });
  const result = gone ? await forget(project, removal) : await removeFolder(project, removal);
  // What stays is a person's to look at and to remove with git's own commands.
  if (!result.removed && !dryRun && isOver(removal) && (await isStillOurs(project, removal)))
    await unlockWorktree(project.system, worktree.adminDir);
  return result;
}

function isOver({ runState = 'over', lock = 'none' }: WorktreeRemoval): boolean {
  return runState === 'over' && (lock === 'none' || lock === 'dead');
}

async function mainOf(project: Project, { landed }: WorktreeRemoval): Promise<string> {
  return landed ?? (await project.refs.last()).main;
}

async function removeFolder(project: Project, removal: WorktreeRemoval): Promise<Removed> {
  const { worktree } = removal;
  const rules = await inspectionRules(project, removal);
  const content = await inspectWorktree(project, worktree, rules);
  const decision = await decide(project, removal, content);
  if (decision.action === 'keep' || removal.dryRun)
    return { ...kept(decision.reason), removed: decision.action !== 'keep' };

  const files = decision.action === 'rescue' ? decision.paths : [];
  const stamps = await stampsOf(project, worktree.path, files);
  const rescued = await rescue(project, {
    task: removal.task,
    worktree,
    files: files.filter((path) => isIgnored(content, path)),
    clean: rules.ready && decision.action === 'remove' && isClean(content),
  });
  if (!(await isStillOurs(project, removal))) return { ...kept('another run has taken it over'), rescued };
  const aside = await moveAside(project, worktree);
  const later = await inspectWorktree(project, worktree, { ...rules, at: aside });
  if (!isCovered(later, content) || (await stampsOf(project, aside, files)) !== stamps) {
    await project.system.files.makeFolder(dirname(worktree.path));
    await project.system.files.rename(aside, worktree.path);
    return { ...kept('something was saved in it while it was being removed'), rescued };
  }
  await discardAside(project, worktree, aside);
  await deleteLandedBranch(project, worktree.branch, await mainOf(project, removal));
  return { removed: true, already: false, rescued, reason: decision.reason };
}

/** A person deleted the folder: only git's entry about it is left. Commits on no branch are kept. */
async function forget(project: Project, removal: WorktreeRemoval): Promise<Removed> {
  const { worktree, task } = removal;
  if (!isOver(removal) || !(await isStillOurs(project, removal)))
    return kept('its folder is gone, but its run is not known to be over');
  const reason = 'its folder was deleted by hand; the branch is kept';
  if (removal.dryRun) return { ...kept(reason), removed: true };
  const rescued = await rescueHead(project, task, worktree);
  await dropAdminEntry(project, worktree.adminDir);
  await removeEmptyFolders(project, worktree);
  const landed = await deleteLandedBranch(project, worktree.branch, await mainOf(project, removal));
  return {
    removed: true,
    already: false,
    rescued,
    reason: landed ? 'its folder was deleted by hand; the branch has landed' : reason,
  };
}

/** There is no folder to look at: only a HEAD that is on no branch could be lost. */
async function rescueHead(
  project: Project,
  task: string,
  { adminDir, branch }: WorktreePlace,
): Promise<string | null> {
  const text =
    (await project.system.files.readIfThere(join(adminDir, 'HEAD')))?.toString('utf8').trim() ?? '';
  const head = /^[0-9a-f]{40,64}$/.test(text) ? await commitOf(project, text) : null;
  if (head === null) return null;
  const tip = await commitOf(project, `refs/heads/${branch}`);
  if (tip !== null && (await isAncestor(project, head, tip))) return null;
  return keepOnRescueRef(project, task, head);
}

async function decide(
  project: Project,
  removal: WorktreeRemoval,
  content: WorktreeContent,
): Promise<WorktreeDecision> {
  const { task, worktree, runState = 'over', lock = 'none', disposable, discard = false } = removal;
  const { head, uncommitted, untracked, ignored, gitError } = content;
  const ours = await isStillOurs(project, removal);
  const inUse = {
    task,
    ours,
    run: runState,
    lock,
    gitError,
    uncommitted,
    untracked,
    ignored,
    disposable,
    discard,
  };
  // The remote is asked about commits only when nothing else keeps the worktree.
  const others = mayRemoveWorktree({ ...inUse, head: 'landed' });
  if (head === null || others.action === 'keep') return others;
  const main = await mainOf(project, removal);
  return mayRemoveWorktree({
    ...inUse,
    head: await headFate(project, { head, base: worktree.base, main, worktree }),
  });
}

async function isStillOurs(project: Project, { worktree, run }: WorktreeRemoval): Promise<boolean> {
  const { system } = project;
  const marker = await readMarker(system, worktree.adminDir);
  if (marker !== null)
    return (run === undefined || marker.run === run) && (await isRotasFolder(project, worktree));
  // The agent may have removed git's entry: rota made the folder all the same.
  return (
    (await system.files.facts(worktree.adminDir)) === null &&
    worktree.path.startsWith(join(project.worktrees, '/'))
  );
}

async function inspectionRules(project: Project, { provisionedFile, worktree, disposable }: WorktreeRemoval) {
  const { system } = project;
  const marker = await readMarker(system, worktree.adminDir);
  return {
    ready: marker?.ready ?? true,
    provisioned: await readProvisioned(system.files, provisionedFile),
    disposable,
  };
}

function isIgnored({ ignored }: WorktreeContent, path: string): boolean {
  return ignored.some((file) => file.path === path);
}

/** What the files were like: one that is saved again after it was rescued is another one. */
async function stampsOf(project: Project, root: string, paths: readonly string[]): Promise<string> {
  const stamps: unknown[] = [];
  for (const path of paths) {
    const facts = await project.system.files.facts(join(root, path));
    stamps.push(facts === null ? null : [facts.kind, facts.size, facts.mtimeMs, facts.mode, facts.ino]);
  }
  return JSON.stringify(stamps);
}

function isClean({ uncommitted, untracked, gitError, head }: WorktreeContent): boolean {
  return gitError === null && head !== null && uncommitted.length === 0 && untracked.length === 0;
}

/** Whether what is there now was there, and dealt with, before. */
function isCovered(now: WorktreeContent, before: WorktreeContent): boolean {
  const known = new Set([
    ...before.uncommitted,
    ...before.untracked,
    ...before.ignored.map(({ path }) => path),
  ]);
  const there = [...now.uncommitted, ...now.untracked, ...now.ignored.map(({ path }) => path)];
  return now.gitError === null && now.head === before.head && there.every((path) => known.has(path));
}

function kept(reason: string): Removed {
  return { removed: false, already: false, rescued: null, reason };
}
