import { createHash } from 'node:crypto';
import type { Config } from '../../config.ts';
import { mergeBase } from '../../store/merge-base.ts';
import type { Repository } from '../../store/repository.ts';
import type { GitPlace, System } from '../../system/ports.ts';
import { idFromFileName } from '../../task/id.ts';
import { parseTaskFile } from '../../task/parse.ts';
import { readCheckoutFiles } from './checkout-files.ts';
import { checkoutGitDir } from './checkout-git-dir.ts';
import { readSparseFiles } from './sparse-files.ts';

/** A task file in a checkout that main does not have, or not like this. Workers read main only. */
export interface UnhandedTask {
  readonly file: string;
  /** The id that its name begins with, if any. */
  readonly task: string | null;
  readonly change: 'new' | 'edited' | 'deleted';
  /** Branch that the checkout is on, short; null when detached. */
  readonly branch: string | null;
  /** A command line for a shell that brings it to main, or the first step of it. */
  readonly command: string;
}

export interface UnhandedTasks {
  /** Not committed yet. */
  readonly uncommitted: readonly UnhandedTask[];
  /** Committed here, and not on main: not pushed, or on another branch. */
  readonly unpushed: readonly UnhandedTask[];
}

export interface UnhandedQuestion {
  readonly repository: Repository;
  /** Tip of main that workers read. */
  readonly main: string;
  /** Short name of main. */
  readonly branch: string;
  /** Name of the remote, or null. */
  readonly remote: string | null;
  /** How changes get to main; default: a person pushes them there. */
  readonly integrate?: Config['integrate'];
}

const NOTHING: UnhandedTasks = { uncommitted: [], unpushed: [] };

/**
 * Compares the task files of the checkout that the command was started in with main. What main changed since this
 * checkout's branch left it is not the person's change and is not named.
 */
export async function readUnhandedTasks(system: System, question: UnhandedQuestion): Promise<UnhandedTasks> {
  const { repository, main } = question;
  const root = repository.checkout;
  if (root === null) return NOTHING;
  const head = await readHead(system, root);
  if (head === null) return NOTHING;
  const [onMain, atHead, base, here, sparse] = await Promise.all([
    readBlobs(system, repository.place, main),
    readBlobs(system, repository.place, head.commit),
    mergeBase(system, repository.place, head.commit, main).then((base) =>
      base === null ? new Map<string, string>() : readBlobs(system, repository.place, base),
    ),
    readCheckoutFiles(system.files, root, 'backlog'),
    readSparseFiles(system, root, ['backlog']),
  ]);
  const found: { uncommitted: UnhandedTask[]; unpushed: UnhandedTask[] } = { uncommitted: [], unpushed: [] };
  const add = (file: string, change: UnhandedTask['change'], committed: boolean) => {
    const place = { ...question, onBranch: head.branch };
    const task = { file, task: idFromFileName(file), change, branch: head.branch };
    const command = committed ? handOver(place, task.task) : commitAnd(place, task);
    (committed ? found.unpushed : found.uncommitted).push({ ...task, command });
  };
  for (const { file, bytes } of here) {
    if (bytes === null) continue;
    const ids = blobIds(bytes, repository.objectFormat);
    const sameAs = (blob: string | undefined) => blob !== undefined && ids.includes(blob);
    if (sameAs(onMain.get(file)) || sameAs(base.get(file))) continue;
    if (parseTaskFile(file, bytes).kind === 'not-a-task') continue;
    add(file, onMain.has(file) ? 'edited' : 'new', sameAs(atHead.get(file)));
  }
  const names = new Set([...here.map(({ file }) => file), ...sparse.keys()]);
  for (const [file, blob] of onMain) {
    if (!names.has(file) && base.get(file) === blob && idFromFileName(file) !== null)
      add(file, 'deleted', !atHead.has(file));
  }
  return found;
}

async function readHead(
  system: System,
  root: string,
): Promise<{ commit: string; branch: string | null } | null> {
  const place: GitPlace = {
    kind: 'checkout',
    gitDir: await checkoutGitDir(system.files, root),
    workTree: root,
  };
  const [commit, branch] = await Promise.all([
    system.git.run(place, ['rev-parse', '--verify', '-q', 'HEAD'], { ok: [0, 1] }),
    system.git.run(place, ['symbolic-ref', '-q', '--short', 'HEAD'], { ok: [0, 1] }),
  ]);
  if (commit.code !== 0) return null;
  const name = branch.stdout.toString('utf8').trim();
  return { commit: commit.stdout.toString('utf8').trim(), branch: name === '' ? null : name };
}

/** Path -> blob of the markdown files below backlog/ at a commit. */
async function readBlobs(system: System, place: GitPlace, commit: string): Promise<Map<string, string>> {
  const listed = await system.git.run(place, ['ls-tree', '-r', '-z', '--full-tree', commit, 'backlog/']);
  const blobs = new Map<string, string>();
  for (const line of listed.stdout.toString('utf8').split('\0')) {
    const match = /^100\d{3} blob ([0-9a-f]+)\t(.+\.md)$/s.exec(line);
    if (match !== null) blobs.set(match[2]!, match[1]!);
  }
  return blobs;
}

/** The blob's id as the bytes are, and as they would be with line feeds: `core.autocrlf` is no edit. */
function blobIds(bytes: Buffer, format: 'sha1' | 'sha256'): string[] {
  const ids = [blobId(bytes, format)];
  if (bytes.includes('\r\n'))
    ids.push(blobId(Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'), format));
  return ids;
}

function blobId(bytes: Buffer, format: 'sha1' | 'sha256'): string {
  return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

type Place = Pick<UnhandedQuestion, 'branch' | 'remote' | 'integrate'> & { readonly onBranch: string | null };

function commitAnd(
  place: Place,
  { file, task, change }: Pick<UnhandedTask, 'file' | 'task' | 'change'>,
): string {
  const path = shellQuote(file);
  const verb = { new: 'add', edited: 'change', deleted: 'remove' }[change];
  const add = change === 'new' ? `git add -- ${path} && ` : '';
  const commit = `${add}git commit -m ${shellQuote(`chore(backlog): ${verb} ${task ?? file}`)} -- ${path}`;
  if (place.integrate === 'pr') return `${ownBranch(place, task ?? 'tasks')}${commit} && ${propose(place)}`;
  const onwards = place.onBranch === place.branch && place.remote === null ? '' : ` && ${handOver(place)}`;
  return commit + onwards;
}

/** A branch of the person's own, for a pull request. */
function ownBranch({ branch, onBranch }: Place, task: string): string {
  return onBranch === branch || onBranch === null ? `git switch -c ${shellQuote(`backlog/${task}`)} && ` : '';
}

function propose({ remote }: Place): string {
  return `git push -u ${shellQuote(remote ?? 'origin')} HEAD`;
}

function handOver(place: Place, task: string | null = null): string {
  const { branch, remote, onBranch } = place;
  if (place.integrate === 'pr') return `${ownBranch(place, task ?? 'tasks')}${propose(place)}`;
  if (onBranch === branch) return `git push ${shellQuote(remote ?? 'origin')} ${shellQuote(branch)}`;
  const merge = onBranch === null ? 'git merge HEAD@{1}' : `git merge ${shellQuote(onBranch)}`;
  const push = remote === null ? '' : ` && git push ${shellQuote(remote)} ${shellQuote(branch)}`;
  return `git switch ${shellQuote(branch)} && ${merge}${push}`;
}

function shellQuote(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
