import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import { commitOf, isAncestor, moveRef } from '../worktree/ancestry.ts';
import { foreignCommits } from './foreign-commits.ts';
import type { Project } from './project.ts';
import type { Tampering } from './tamper-settings.ts';

/** Of the run: commits of `base..tip` are its own. */
interface OwnBranch {
  readonly run: string;
  readonly base: string;
  readonly tip: string;
}

/** Where main was, and what can tell who moves it. */
export interface MainFacts {
  /** The repository's own main; null: there is none here. */
  readonly main: string | null;
  /** The first checkout has main, and its own log agreed with where main was. */
  readonly logged: boolean;
  /** Of the first checkout: what HEAD says, and the last line of its log. */
  readonly head: string;
  readonly line: string;
}

export async function readMainFacts(project: Project): Promise<MainFacts> {
  const [main, last, checkout] = await Promise.all([
    commitOf(project, mainRef(project)),
    lastInCheckout(project),
    readCheckout(project),
  ]);
  return { main, logged: main !== null && last === main, ...checkout };
}

async function readCheckout({
  repository: { gitDir },
  system,
}: Project): Promise<Pick<MainFacts, 'head' | 'line'>> {
  const [head, log] = await Promise.all(
    ['HEAD', 'logs/HEAD'].map((name) => textOf(system, join(gitDir, name))),
  );
  return { head: head?.trim() ?? '', line: log?.trimEnd().split('\n').at(-1) ?? '' };
}

/**
 * Judges how main moved while an agent worked. Every git in the checkout that has main, and rota itself, leaves a line in that
 * checkout's log; a ref that was moved from anywhere else does not. Nobody but an agent does that under a person's feet: it is
 * put back, which is exact, because the checkout never left the commit of its log.
 */
export async function compareMain(
  project: Project,
  before: MainFacts,
  branch: OwnBranch,
): Promise<Tampering & { readonly meanwhile: readonly string[] }> {
  const { refused, noticed, meanwhile = [] } = await compareRef(project, before, branch);
  return { refused, noticed: [...noticed, ...(await compareHead(project, before))], meanwhile };
}

/** Every git that switches a checkout says so in its log. */
async function compareHead(project: Project, before: MainFacts): Promise<string[]> {
  const now = await readCheckout(project);
  if (now.head === before.head || now.line !== before.line) return [];
  const words = (head: string) => plainText(head.replace(/^ref: (?:refs\/heads\/)?/, '') || 'nothing');
  return [
    `while the agent worked, HEAD of your checkout was changed from ${words(before.head)} to ${words(now.head)}, not by a switch`,
  ];
}

async function compareRef(
  project: Project,
  before: MainFacts,
  branch: OwnBranch,
): Promise<Tampering & { readonly meanwhile?: readonly string[] }> {
  const now = await commitOf(project, mainRef(project));
  if (now === before.main) return { refused: [], noticed: [] };
  const own = now === null ? null : await ownCommitIn(project, now, { ...branch, before: before.main });
  const known = before.logged ? await knownPlace(project, now) : null;
  if (known !== null) return { refused: [`${await putBack(project, now, known, own)}`], noticed: [] };
  if (own !== null) return { refused: [ungated(project, own)], noticed: [] };
  if (now === null && before.main !== null) {
    const back = `git update-ref ${mainRef(project)} ${before.main}`;
    return {
      refused: [],
      noticed: [`while the agent worked, ${project.branch} was deleted here; to put it back: ${back}`],
    };
  }
  if (now === null || before.main === null) return { refused: [], noticed: [] };
  if (await isAncestor(project, before.main, now))
    return { refused: [], noticed: [], meanwhile: await gotHere(project, before.main, now, branch.run) };
  const from = `${before.main.slice(0, 10)} to ${now.slice(0, 10)}`;
  return { refused: [], noticed: [`while the agent worked, ${project.branch} was taken back from ${from}`] };
}

/** With a remote it grows by what is fetched; what matters is judged there. */
async function gotHere(project: Project, from: string, to: string, run: string): Promise<string[]> {
  const fetched =
    project.remote !== null && (await isAncestor(project, to, (await project.refs.last()).main));
  return fetched ? [] : foreignCommits(project, { from, to, run, by: null });
}

/** A sentence if the remote's main has got commits of the run's own branch, which only rota's landing brings there. */
export async function compareRemoteMain(
  project: Project,
  before: string,
  now: string,
  branch: OwnBranch,
): Promise<{ readonly refused: readonly string[]; readonly meanwhile: readonly string[] }> {
  if (before === now) return { refused: [], meanwhile: [] };
  const own = await ownCommitIn(project, now, { ...branch, before });
  if (own !== null) return { refused: [`on the remote, ${ungated(project, own)}`], meanwhile: [] };
  // Others push all the time, under their own names.
  const { email } = project.identity;
  const said = await foreignCommits(project, { from: before, to: now, run: branch.run, by: email });
  return { refused: [], meanwhile: said.map((sentence) => `${sentence}, on the remote`) };
}

function ungated({ branch }: Project, commit: string): string {
  return `${branch} was moved to ${commit.slice(0, 10)}, a commit of this run that has not been gated`;
}

/** Commits that a merge of main brought into the branch do not count. */
async function ownCommitIn(
  project: Project,
  main: string,
  { base, tip, before }: { readonly base: string; readonly tip: string; readonly before: string | null },
): Promise<string | null> {
  const own = ['rev-list', '--first-parent', tip, `^${base}`, ...(before === null ? [] : [`^${before}`])];
  const commits = (await project.system.git.text(project.repository.place, own))
    .split('\n')
    .filter((line) => line !== '');
  for (const commit of commits) if (await isAncestor(project, commit, main)) return commit;
  return null;
}

/** A git that has held a ref's lock for so long is dead, or nobody's. Milliseconds. */
const LONGEST_MOVE = 10_000;

/**
 * Ref and log are not written in one step: what differs while git holds the ref's lock, or for a moment only, is a move under
 * way. On a busy machine that takes longer than one would think.
 */
async function knownPlace(project: Project, first: string | null): Promise<string | null> {
  const { clock, files } = project.system;
  const lock = join(project.repository.gitDir, `${mainRef(project)}.lock`);
  const from = clock.monotonic();
  let now = first;
  for (let looks = 0; ; ) {
    const moving = (await files.facts(lock)) !== null && clock.monotonic() - from < LONGEST_MOVE;
    const last = await lastInCheckout(project);
    if (last === null || last === now || (await commitOf(project, last)) === null) return null;
    if (!moving) looks += 1;
    if (looks === 5) return last;
    await clock.wait(20);
    now = await commitOf(project, mainRef(project));
  }
}

async function putBack(
  project: Project,
  now: string | null,
  known: string,
  own: string | null,
): Promise<string> {
  const ref = mainRef(project);
  const what =
    now === null
      ? `${project.branch} was deleted`
      : own !== null
        ? ungated(project, own)
        : `${project.branch} was moved to ${now.slice(0, 10)} from outside the checkout that has it`;
  let held = '';
  const notMoved = (error: unknown) => {
    if (!(error instanceof RotaError)) throw error;
    held = `. ${error.message} Then`;
    return false;
  };
  const back = await moveRef(project, ref, { from: now, to: known, why: 'rota: put back' }).catch(notMoved);
  if (back) return `${what}; it is back at ${known.slice(0, 10)}`;
  return `${what}${held || ';'} to put it back: git update-ref ${ref} ${known}`;
}

/** The newest commit in the first checkout's log, while main is checked out there; null: nothing can be said. */
async function lastInCheckout(project: Project): Promise<string | null> {
  const { repository, system } = project;
  if (repository.bare) return null;
  const head = await textOf(system, join(repository.gitDir, 'HEAD'));
  if (head.trim() !== `ref: ${mainRef(project)}`) return null;
  const log = await textOf(system, join(repository.gitDir, 'logs/HEAD'));
  return /^[0-9a-f]+ ([0-9a-f]{40,64}) /.exec(log.trimEnd().split('\n').at(-1) ?? '')?.[1] ?? null;
}

async function textOf({ files }: System, path: string): Promise<string> {
  return (await files.readIfThere(path))?.toString('utf8') ?? '';
}

function mainRef({ branch }: Project): string {
  return `refs/heads/${branch}`;
}
