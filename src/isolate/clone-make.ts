import { join } from 'node:path';
import { whereHistoryEnds } from '../plan/clone-history.ts';
import { configValue } from '../store/config-value.ts';
import type { Identity } from '../store/identity.ts';
import type { NeutralPlace } from '../store/neutral.ts';
import type { Repository } from '../store/repository.ts';
import type { System } from '../system/ports.ts';

export interface CloneWish {
  /** The git directory to make; its parent is there. */
  readonly folder: string;
  /** The run's branch, checked out there; short. */
  readonly branch: { readonly name: string; readonly commit: string };
  readonly main: { readonly name: string; readonly commit: string };
  /** Other objects that must be there: the other side of an open merge, what the index has of conflicts. */
  readonly others: readonly string[];
  /** The worktree's index and the state files of an open merge: name -> bytes. */
  readonly state: ReadonlyMap<string, Uint8Array>;
  /** The person's ignore rules. */
  readonly excludes: string;
  readonly identity: Identity;
}

/** Generations of each branch that a clone has: `git log` and `git blame` see no further. */
const DEPTH = 200;
/** Commits that are asked for to find them. */
const MOST_COMMITS = 5_000;

/**
 * Makes a git directory that shares nothing with the repository: its objects are copies in a pack of their own, there is no
 * remote, no link and no alternate. It has the newest history of two branches and nothing else.
 *
 * @returns the name of the pack, which holds nothing that the repository has not
 * @throws RotaError `git` when objects of the repository are missing, as in a partial clone
 */
export async function makeClone(
  system: System,
  repository: Repository,
  neutral: NeutralPlace,
  wish: CloneWish,
): Promise<string> {
  const { files } = system;
  const { folder, branch, main, state } = wish;
  await files.removeTree(folder);
  for (const name of ['info', 'objects/pack', 'objects/info', 'refs/heads', 'refs/tags', 'hooks', 'logs'])
    await files.makeFolder(join(folder, name));
  const { pack, shallow } = await packObjects(system, repository, neutral, wish);
  if (shallow.length > 0) await files.write(join(folder, 'shallow'), lines(shallow));
  for (const { name, commit } of main.name === branch.name ? [branch] : [main, branch]) {
    const ref = join(folder, 'refs/heads', name);
    await files.makeFolder(join(ref, '..'));
    await files.write(ref, `${commit}\n`);
  }
  await files.write(join(folder, 'info/exclude'), wish.excludes);
  await files.write(join(folder, 'config'), configText(repository, wish.identity));
  for (const [name, bytes] of state) await files.write(join(folder, name), bytes);
  await files.write(join(folder, 'HEAD'), `ref: refs/heads/${branch.name}\n`);
  return pack;
}

async function packObjects(
  system: System,
  repository: Repository,
  neutral: NeutralPlace,
  { folder, branch, main, others }: CloneWish,
): Promise<{ pack: string; shallow: string[] }> {
  const tips = [...new Set([branch.commit, main.commit])];
  const shallow = await historyEnds(system, repository, neutral, tips);
  const input = lines([...shallow.map((commit) => `--shallow ${commit}`), ...tips, ...others]);
  // Deltas are taken over as they are: looking for better ones is not worth the wait.
  const args = ['pack-objects', '-q', '--revs', '--shallow', '--delta-base-offset', '--window=0'];
  const place = join(folder, 'objects/pack/pack');
  const name = await system.git.text(neutral, [...args, place], { input });
  return { pack: `pack-${name.trim()}`, shallow };
}

/** A shallow repository's own ends are ends here, too. */
async function historyEnds(
  { git, files }: System,
  { gitDir }: Repository,
  neutral: NeutralPlace,
  tips: readonly string[],
): Promise<string[]> {
  const args = ['rev-list', '--parents', `--max-count=${MOST_COMMITS}`, ...tips];
  const listed = new Map<string, string[]>();
  for (const line of (await git.text(neutral, args)).split('\n')) {
    const [commit = '', ...parents] = line.split(' ');
    listed.set(commit, parents);
  }
  const ends = whereHistoryEnds(listed, tips, DEPTH);
  const own = (await files.readIfThere(join(gitDir, 'shallow')))?.toString('utf8') ?? '';
  const known = own.split('\n').filter((commit) => listed.has(commit));
  return [...new Set([...ends, ...known])];
}

/** Commits there are signed by nobody and carry the person's name, as rota's do. */
function configText({ objectFormat }: Repository, { name, email }: Identity): string {
  const sha256 = objectFormat === 'sha256';
  return [
    `[core]\n\trepositoryformatversion = ${sha256 ? 1 : 0}\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n`,
    sha256 ? '[extensions]\n\tobjectformat = sha256\n' : '',
    `[user]\n\tname = ${configValue(name)}\n\temail = ${configValue(email)}\n`,
    '[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n',
  ].join('');
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
