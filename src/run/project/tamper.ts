import { RotaError } from '../../errors.ts';
import type { TaskKey } from '../../task/task.ts';
import type { HeldLock } from '../claim/held-lock.ts';
import type { Worktree } from '../worktree/worktree.ts';
import type { Project } from './project.ts';
import { strangersIn } from './strangers-in.ts';
import { type FolderFacts, mendFolders, readFolderFacts } from './tamper-folders.ts';
import { compareMain, compareRemoteMain, type MainFacts, readMainFacts } from './tamper-main.ts';
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
}

/** Whose agent it is. */
export interface Watched {
  readonly run: string;
  readonly key: TaskKey;
  readonly worktree: Pick<Worktree, 'path' | 'adminDir' | 'branch' | 'base'>;
  readonly lock: HeldLock;
}

/**
 * Reads what an agent must leave alone. Detection, not protection: rota's own git calls use none of it. Which kinds of change
 * refuse the run and which are only said is reasoned in docs/decisions/0017-what-an-agent-may-have-touched.md.
 */
export async function watchTampering(project: Project, watched: Watched): Promise<TamperWatch> {
  const [settings, main, shared, refs, folders] = await Promise.all([
    readSettingsFacts(project),
    readMainFacts(project),
    project.remote === null ? null : project.refs.last(),
    readRefFacts(project),
    readFolderFacts(project, watched),
  ]);
  return { settings, main, remoteMain: shared?.main ?? null, refs, folders };
}

/** Puts rota's own folders and small files back: before anything else is done with them. Sentences about what was tampered with. */
export function mendTampering(project: Project, before: TamperWatch): Promise<string[]> {
  return mendFolders(project, before.folders);
}

/**
 * What has been tampered with since. Main and what others would lose is put back or kept where that is certain to be right.
 *
 * @param tip of the run's branch: commits of `base..tip` are its own
 */
export async function readTampering(
  project: Project,
  before: TamperWatch,
  watched: Watched,
  tip: string,
): Promise<Tampering> {
  const { base, branch, path } = watched.worktree;
  const [settings, main, strangers] = await Promise.all([
    readSettingsFacts(project).then((now) => compareSettings(project, before.settings, now)),
    compareMain(project, before.main, { base, tip }),
    strangersIn(project.system, path),
  ]);
  const shared = await sharedTampering(project, before, watched, { base, tip });
  const refs = await compareRefs(project, before.refs, await readRefFacts(project), { ...watched, branch });
  return {
    refused: [...settings.refused, ...refs.refused, ...main.refused, ...shared],
    noticed: [...settings.noticed, ...refs.noticed, ...main.noticed, ...strangers],
  };
}

/** A remote that cannot be asked now is the landing's matter, which asks it again. */
async function sharedTampering(
  project: Project,
  { remoteMain }: TamperWatch,
  { lock }: Watched,
  branch: { readonly base: string; readonly tip: string },
): Promise<string[]> {
  try {
    const record = await compareOwnRecord(project, lock);
    if (remoteMain === null) return record;
    const { main } = await project.refs.last();
    return [...record, ...(await compareRemoteMain(project, remoteMain, main, branch))];
  } catch (error) {
    if (error instanceof RotaError && project.remote !== null) return [];
    throw error;
  }
}
