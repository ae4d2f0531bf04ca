import { RotaError } from '../../errors.ts';
import type { TaskKey } from '../../task/task.ts';
import type { HeldLock } from '../claim/held-lock.ts';
import type { Worktree } from '../worktree/worktree.ts';
import type { Project } from './project.ts';
import { strangersIn } from './strangers-in.ts';
import { type FolderFacts, mendFolders, readFolderFacts } from './tamper-folders.ts';
import { compareMain, compareRemoteMain, type MainFacts, readMainFacts } from './tamper-main.ts';
import { compareReach, type ReachFacts, type ReachSaid, readReach } from './tamper-reach.ts';
import { compareOwnRecord } from './tamper-record.ts';
import { compareRefs, type RefFacts, readRefFacts } from './tamper-refs.ts';
import { compareSettings, readSettingsFacts, type SettingsFacts, type Tampering } from './tamper-settings.ts';

/** What an agent must leave alone, as it was before it started. */
export interface TamperWatch {
  readonly settings: SettingsFacts;
  readonly main: MainFacts;
  /** The remote's main; null without a remote. */
  readonly remoteMain: string | null;
  readonly refs: RefFacts;
  readonly folders: FolderFacts;
  /** What only an agent with the person's rights reaches; null: this one has not got them. */
  readonly reach: ReachFacts | null;
}

/** Whose agent it is. */
export interface Watched {
  readonly run: string;
  readonly key: TaskKey;
  readonly worktree: Pick<Worktree, 'path' | 'adminDir' | 'branch' | 'base'>;
  readonly lock: HeldLock;
  /** Whether something keeps it from what is the person's: then their doings are nobody's business. */
  readonly confined: boolean;
}

/** What has been tampered with, in sentences. */
export interface Tampered extends Tampering {
  /** What people do every day, too: named so that it can be looked up, and nobody is blamed. */
  readonly meanwhile: readonly string[];
}

/**
 * Reads what an agent must leave alone. Detection, not protection: rota's own git calls use none of it. Which kinds of change
 * refuse the run and which are only said is reasoned in docs/decisions/0017-what-an-agent-may-have-touched.md.
 *
 * @param looked a look that was begun earlier; default: now
 */
export async function watchTampering(
  project: Project,
  watched: Watched,
  looked: Promise<ReachFacts> | null = null,
): Promise<TamperWatch> {
  const [settings, main, shared, refs, folders, reach] = await Promise.all([
    readSettingsFacts(project),
    readMainFacts(project),
    project.remote === null ? null : project.refs.last(),
    readRefFacts(project),
    readFolderFacts(project, watched),
    watched.confined ? null : (looked ?? readReach(project)),
  ]);
  return { settings, main, remoteMain: shared?.main ?? null, refs, folders, reach };
}

/** Puts rota's own folders and small files back: before anything else is done with them. Sentences about what was tampered with. */
export function mendTampering(project: Project, before: TamperWatch): Promise<string[]> {
  return mendFolders(project, before.folders);
}

/** Begins to look at what only an agent with the person's rights reaches: beside what else follows a turn. */
export function lookAgain(
  project: Project,
  { reach, refs }: TamperWatch,
  { run }: Watched,
): Promise<ReachSaid> {
  const looking =
    reach === null
      ? Promise.resolve({ noticed: [], meanwhile: [] })
      : compareReach(project, reach, { run, refs });
  // Who waits for it hears of its failure; a turn that ends otherwise does not.
  looking.catch(() => undefined);
  return looking;
}

/**
 * What has been tampered with since. Main and what others would lose is put back or kept where that is certain to be right.
 *
 * @param tip of the run's branch: commits of `base..tip` are its own
 * @param looking what lookAgain began
 */
export async function readTampering(
  project: Project,
  before: TamperWatch,
  watched: Watched,
  tip: string,
  looking: Promise<ReachSaid>,
): Promise<Tampered> {
  const { base, branch, path } = watched.worktree;
  const own = { run: watched.run, base, tip };
  const [settings, main, strangers] = await Promise.all([
    readSettingsFacts(project).then((now) => compareSettings(project, before.settings, now)),
    compareMain(project, before.main, own),
    strangersIn(project.system, path),
  ]);
  const [shared, now] = await Promise.all([
    sharedTampering(project, before, watched, own),
    readRefFacts(project),
  ]);
  const refs = await compareRefs(project, before.refs, now, { ...watched, branch });
  const reach = await looking;
  return {
    refused: [...settings.refused, ...refs.refused, ...main.refused, ...shared.refused],
    noticed: [...settings.noticed, ...refs.noticed, ...main.noticed, ...reach.noticed, ...strangers],
    meanwhile:
      before.reach === null
        ? []
        : [...main.meanwhile, ...shared.meanwhile, ...refs.meanwhile, ...reach.meanwhile],
  };
}

/** A remote that cannot be asked now is the landing's matter, which asks it again. */
async function sharedTampering(
  project: Project,
  { remoteMain }: TamperWatch,
  { lock }: Watched,
  branch: { readonly run: string; readonly base: string; readonly tip: string },
): Promise<{ readonly refused: readonly string[]; readonly meanwhile: readonly string[] }> {
  try {
    const refused = await compareOwnRecord(project, lock);
    if (remoteMain === null) return { refused, meanwhile: [] };
    const { main } = await project.refs.last();
    const there = await compareRemoteMain(project, remoteMain, main, branch);
    return { ...there, refused: [...refused, ...there.refused] };
  } catch (error) {
    if (error instanceof RotaError && project.remote !== null) return { refused: [], meanwhile: [] };
    throw error;
  }
}
