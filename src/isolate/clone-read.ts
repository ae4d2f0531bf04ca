import { join } from 'node:path';
import { RotaError } from '../errors.ts';
import { linkOnTheWay } from '../system/link-on-the-way.ts';
import type { Files } from '../system/ports.ts';
import { plainText } from '../task/text.ts';

/** What somebody else's git directory says, read file by file: git is never started with its config. */
export interface CloneFacts {
  /** Short name of the branch that HEAD names; null: it is detached. */
  readonly headBranch: string | null;
  /** The commit that HEAD leads to; null: none. */
  readonly head: string | null;
  /** Full name -> object id. */
  readonly refs: ReadonlyMap<string, string>;
  /** Commits beside the refs that git would still know: stashes below the newest, an autostash, another side of a merge. */
  readonly loose: readonly string[];
  /** The newest commit in HEAD's log; null: there is none. */
  readonly lastHead: string | null;
  /** The other side of an open merge; null: none is open. */
  readonly mergeHead: string | null;
}

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const MOST_REFS = 2_000;
const MOST_BYTES = 4 * 1024 * 1024;
const DEEPEST = 20;
/** Files that name one commit which nothing else may name. */
const LOOSE = ['MERGE_AUTOSTASH', 'rebase-merge/autostash', 'rebase-apply/autostash', 'CHERRY_PICK_HEAD'];

/**
 * Reads HEAD and refs of a git directory that an agent could write. Nothing is followed: a link, a device or a file that is
 * too large counts as unreadable.
 *
 * @throws RotaError `agent` with what is odd about it, in words that follow "its repository"
 */
export async function readClone(files: Files, gitDir: string): Promise<CloneFacts> {
  const head = (await readSmall(files, gitDir, 'HEAD'))?.trim() ?? '';
  const named = /^ref:\s*(refs\/.+)$/.exec(head)?.[1] ?? null;
  if (named === null && !OBJECT_ID.test(head)) throw odd('has no HEAD that git would read');
  if ((await files.facts(join(gitDir, 'reftable'))) !== null) throw odd('keeps its refs in another format');
  if ((await files.facts(join(gitDir, 'commondir'))) !== null)
    throw odd('names another repository as its own');
  const refs = await readPacked(files, gitDir);
  await readLoose(files, gitDir, 'refs', refs);
  const logs = await Promise.all(
    ['logs/refs/stash', 'logs/HEAD'].map((name) => readLog(files, gitDir, name)),
  );
  const [stashes = [], heads = []] = logs;
  const states = await Promise.all(LOOSE.map((name) => readCommit(files, gitDir, name)));
  const mergeHead = await readCommit(files, gitDir, 'MERGE_HEAD');
  const loose = [...stashes, ...states, mergeHead].filter((oid) => oid !== null);
  return {
    headBranch: named?.startsWith('refs/heads/') ? named.slice('refs/heads/'.length) : null,
    head: named === null ? head : (refs.get(named) ?? null),
    refs,
    loose: [...new Set(loose)],
    lastHead: heads.at(-1) ?? null,
    mergeHead,
  };
}

async function readPacked(files: Files, gitDir: string): Promise<Map<string, string>> {
  const refs = new Map<string, string>();
  for (const line of ((await readSmall(files, gitDir, 'packed-refs')) ?? '').split('\n')) {
    const [oid = '', name = ''] = line.split(' ');
    if (OBJECT_ID.test(oid) && name.startsWith('refs/')) addRef(refs, name, oid);
  }
  return refs;
}

/** Loose ones win over packed ones. A symbolic ref names another one, which is read anyway. */
async function readLoose(
  files: Files,
  gitDir: string,
  name: string,
  refs: Map<string, string>,
  depth = 0,
): Promise<void> {
  if (depth > DEEPEST) throw odd('has refs in endless folders');
  const path = join(gitDir, name);
  const facts = await files.facts(path);
  if (facts === null || (name.endsWith('.lock') && facts.kind === 'file')) return;
  if (facts.kind === 'folder') {
    const entries = await files.list(path);
    if (entries.length > MOST_REFS) throw odd(`has more than ${MOST_REFS} refs`);
    for (const { name: last } of entries) await readLoose(files, gitDir, `${name}/${last}`, refs, depth + 1);
    return;
  }
  const oid = (await readSmall(files, gitDir, name))?.trim() ?? '';
  if (OBJECT_ID.test(oid)) addRef(refs, name, oid);
}

function addRef(refs: Map<string, string>, name: string, oid: string): void {
  if (refs.size >= MOST_REFS) throw odd(`has more than ${MOST_REFS} refs`);
  refs.set(name, oid);
}

/** The commits that a log's lines lead to, oldest first. */
async function readLog(files: Files, gitDir: string, name: string): Promise<string[]> {
  const text = (await readSmall(files, gitDir, name)) ?? '';
  return text.split('\n').flatMap((line) => {
    const oid = line.split(' ')[1] ?? '';
    // A ref that was deleted leads to nothing.
    return OBJECT_ID.test(oid) && !/^0+$/.test(oid) ? [oid] : [];
  });
}

async function readCommit(files: Files, gitDir: string, name: string): Promise<string | null> {
  const oid = (await readSmall(files, gitDir, name))?.split('\n')[0]?.trim() ?? '';
  return OBJECT_ID.test(oid) ? oid : null;
}

/** Null: there is no such file. */
async function readSmall(files: Files, gitDir: string, name: string): Promise<string | null> {
  const path = join(gitDir, name);
  const facts = await files.facts(path);
  if (facts === null) return null;
  if (facts.kind !== 'file' || (await linkOnTheWay(files, gitDir, path)) !== null)
    throw odd(`has something else than a file at ${plainText(name)}`);
  if (facts.size > MOST_BYTES) throw odd(`has too large a file at ${plainText(name)}`);
  return (await files.readIfThere(path))?.toString('utf8') ?? null;
}

function odd(what: string): RotaError {
  return new RotaError('agent', what);
}
