import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A repository without anything special, as its files say. Found in a fraction of the time that git takes to start. */
export interface PlainRepository {
  /** Absolute, links resolved. */
  readonly gitDir: string;
  readonly root: string;
  /** The watched refs, by full name. */
  readonly refs: ReadonlyMap<string, string>;
  /** Equal: the watched refs and the config are what they were. */
  readonly state: string;
}

/** What is written at the top of a config that this reader leaves to git: other formats, more files, another work tree. */
const SPECIAL = /\[\s*(?:extensions|include)|(?:^|\])\s*(?:worktree\b|bare\s*(?!\s*=\s*false\s*$))/im;
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** A record for each task at work; whoever has more of them loses nothing by asking git. */
const MOST_REFS = 500;

/**
 * Reads refs as git would, for showing only: nothing that acts may rest on it. Null means that git has to be asked: no
 * plain repository above `folder` (a worktree, a bare one, another user's, other formats), or anything unexpected.
 *
 * @param watched full names of refs, or of folders of refs
 * @param configs the person's own config files, whose change is noticed too
 */
export function readPlainRepository(
  folder: string,
  watched: readonly string[],
  configs: readonly string[],
): PlainRepository | null {
  try {
    const gitDir = findGitDir(realpathSync(folder));
    if (gitDir === null) return null;
    const config = join(gitDir, 'config');
    if (SPECIAL.test(readFileSync(config, 'utf8'))) return null;
    const refs = readRefs(gitDir, watched);
    const stamps = [config, ...configs].map(stampOf);
    return { gitDir, root: dirname(gitDir), refs, state: JSON.stringify([stamps, [...refs].sort()]) };
  } catch {
    // Missing, unreadable, odd: git says what it is.
    return null;
  }
}

/** As git looks for it (setup.c): upwards, on one file system, owned by this user. */
function findGitDir(start: string): string | null {
  const { dev } = statSync(start);
  for (let folder = start; ; folder = dirname(folder)) {
    if (statSync(folder).dev !== dev) return null;
    const path = join(folder, '.git');
    const found = facts(path);
    if (found !== null) return found.isDirectory() && isMine(folder, found) ? whole(path) : null;
    // Inside a git directory, or in a bare repository.
    if (basename(folder) === '.git' || facts(join(folder, 'HEAD')) !== null) return null;
    if (folder === dirname(folder)) return null;
  }
}

function isMine(folder: string, gitDir: Stats): boolean {
  const user = process.geteuid?.();
  return user !== undefined && gitDir.uid === user && lstatSync(folder).uid === user;
}

function whole(gitDir: string): string | null {
  const parts = ['HEAD', 'config', 'objects', 'refs'].every((name) => facts(join(gitDir, name)) !== null);
  return parts && facts(join(gitDir, 'commondir')) === null ? gitDir : null;
}

/** Loose ones first: git writes the packed file before it removes what it packed. */
function readRefs(gitDir: string, watched: readonly string[]): Map<string, string> {
  const loose = new Map<string, string>();
  for (const name of watched) readLoose(gitDir, name, loose);
  const refs = new Map(readPacked(gitDir, watched));
  for (const [name, oid] of loose) refs.set(name, oid);
  if (refs.size > MOST_REFS) throw new Error('too many refs');
  return refs;
}

function readLoose(gitDir: string, name: string, into: Map<string, string>): void {
  const path = join(gitDir, name);
  const found = facts(path);
  if (found === null || name.endsWith('.lock')) return;
  if (found.isDirectory()) {
    for (const entry of readdirSync(path)) readLoose(gitDir, `${name}/${entry}`, into);
    return;
  }
  if (into.size > MOST_REFS || !found.isFile()) throw new Error('not for this reader');
  const oid = readIfThere(path)?.trimEnd();
  // Gone since: deleted, or packed, which is read afterwards.
  if (oid === undefined) return;
  if (!OBJECT_ID.test(oid)) throw new Error('a symbolic or a torn ref');
  into.set(name, oid);
}

function readPacked(gitDir: string, watched: readonly string[]): [string, string][] {
  const text = readIfThere(join(gitDir, 'packed-refs')) ?? '';
  return text.split('\n').flatMap((line): [string, string][] => {
    const name = line.slice(line.indexOf(' ') + 1);
    const wanted = watched.some((one) => name === one || name.startsWith(`${one}/`));
    return wanted && !line.startsWith('#') ? [[name, line.slice(0, line.indexOf(' '))]] : [];
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

function facts(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}
