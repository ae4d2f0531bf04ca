import { basename, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { openQuarantine, type Quarantine } from '../../isolate/clone-quarantine.ts';
import { takeCommits } from '../../isolate/clone-take.ts';
import type { Files } from '../../system/ports.ts';
import { holderName } from '../gate/holder.ts';
import type { Project } from '../project/project.ts';
import { refuseLinkTo } from '../worktree/clone-place.ts';
import { KEPT_FOLDERS } from '../worktree/discard-folder.ts';
import { QUARANTINE } from '../worktree/take-from-clone.ts';
import { lenderOf } from './private-git.ts';

export interface PrivateObjects {
  /** The private git folder. */
  readonly git: string;
  /** The worktree's administrative folder, which the agent could write; null: there is none any more. */
  readonly adminDir: string | null;
  /** What its refs name now and did not before. */
  readonly tips: readonly string[];
  /** Commits of the repository that these can build on. */
  readonly known: readonly string[];
}

/** Files of a worktree that name a commit, and the log of HEAD, which git wants whole. */
const STATE = [
  'HEAD',
  'MERGE_HEAD',
  'MERGE_AUTOSTASH',
  'rebase-merge/autostash',
  'rebase-merge/orig-head',
  'logs/HEAD',
];
const LARGEST = 4 * 1024 * 1024;
const MOST_TIPS = 200;
const MOST_LOGGED = 10_000;

/**
 * Brings what an agent wrote into a git folder of its own into the repository, as far as its refs and its worktree name it:
 * checked like what a clone brings (clone-take.ts). One that is damaged keeps no other from being taken.
 *
 * @returns sentences on what could not be taken; the git folder is kept then, and the last one says where
 */
export async function takePrivateObjects(project: Project, wish: PrivateObjects): Promise<string[]> {
  const { system, repository, neutral } = project;
  const tips = [...new Set([...wish.tips, ...(await stateTips(system.files, wish.adminDir))])];
  const there = await system.git.objects(neutral.place, 'info', tips);
  const missing = tips.filter((_, at) => there[at] === null);
  if (missing.length === 0) return [];
  const said: string[] = [];
  try {
    const quarantine = await openQuarantine(system, repository, {
      folder: join(repository.rotaDir, QUARANTINE, holderName(system)),
      ...{ from: wish.git, knownPack: null, lender: lenderOf(repository) },
    });
    try {
      said.push(...(await takeAll(project, quarantine, missing, wish.known)));
    } finally {
      await quarantine.close();
    }
  } catch (error) {
    said.push(...inWords(error));
  }
  return said.length === 0 ? [] : [...new Set(said), `it is kept as ${await keep(project, wish.git)}`];
}

/** At once; where something is wrong, one by one. */
async function takeAll(
  { system, neutral }: Project,
  quarantine: Quarantine,
  tips: readonly string[],
  known: readonly string[],
): Promise<string[]> {
  const take = (some: readonly string[]) =>
    takeCommits(system, neutral.place, quarantine, some, known).then(() => [], inWords);
  if ((await take(tips)).length === 0) return [];
  const said: string[] = [];
  for (const tip of tips.slice(0, MOST_TIPS)) said.push(...(await take([tip])));
  return said;
}

function inWords(error: unknown): string[] {
  if (error instanceof RotaError && error.code === 'agent')
    return [`the agent's repository ${error.message}`];
  throw error;
}

/** Without HEAD it is no repository: a git that somebody starts in there runs nothing. */
async function keep(project: Project, git: string): Promise<string> {
  const { files } = project.system;
  const folder = join(project.worktrees, KEPT_FOLDERS);
  await refuseLinkTo(project, folder);
  await files.makeFolder(folder);
  if ((await files.facts(join(git, 'HEAD'))) !== null)
    await files.rename(join(git, 'HEAD'), join(git, 'HEAD.kept'));
  const kept = join(folder, `${basename(git)}~${holderName(project.system)}`);
  await files.rename(git, kept);
  return kept;
}

async function stateTips(files: Files, adminDir: string | null): Promise<string[]> {
  if (adminDir === null) return [];
  const texts = await Promise.all(STATE.map((name) => readSmall(files, join(adminDir, name))));
  const words = texts.flatMap((text, at) => {
    const lines = text.trimEnd().split('\n');
    return STATE[at] === 'logs/HEAD'
      ? lines.slice(-MOST_LOGGED).map((line) => line.split(' ')[1] ?? '')
      : lines;
  });
  return words.filter((word) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(word) && !/^0+$/.test(word));
}

async function readSmall(files: Files, path: string): Promise<string> {
  const facts = await files.facts(path);
  if (facts?.kind !== 'file' || facts.size > LARGEST) return '';
  return (await files.readIfThere(path))?.toString('utf8') ?? '';
}
