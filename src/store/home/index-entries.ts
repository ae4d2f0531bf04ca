import type { GitPlace, System } from '../../system/ports.ts';
import { type PathChange, splitAtNul } from './diff-paths.ts';

/** One entry of a checkout's index. */
export interface IndexEntry {
  readonly path: string;
  readonly mode: string;
  readonly oid: string;
  /** 0, or 1 to 3 in a conflict. */
  readonly stage: number;
  /** How it is marked so that git does not look at the file. */
  readonly hidden: 'skip-worktree' | 'assume-unchanged' | null;
}

/** More paths than this on a command line: the whole index is listed instead. */
const MANY = 300;

/**
 * The index entries at the changed paths, below them, and at folders that are about to be made (a file that is staged
 * there would vanish).
 *
 * @param newFolders paths that are no folder now and become one
 */
export async function readIndexEntries(
  system: System,
  place: GitPlace,
  changes: readonly PathChange[],
  newFolders: readonly string[],
): Promise<IndexEntry[]> {
  const wanted = [...new Set([...changes.map((change) => change.path), ...newFolders])];
  const length = wanted.reduce((sum, path) => sum + path.length, 0);
  const limited = wanted.length <= MANY && length < 60_000;
  const output = await system.git.run(place, [
    '--literal-pathspecs',
    'ls-files',
    '-s',
    '-v',
    '-z',
    '--',
    ...(limited ? wanted : []),
  ]);
  const entries = splitAtNul(output.stdout).map(parseEntry);
  return limited ? entries : onlyWanted(entries, new Set(wanted));
}

/** `H 100644 <oid> 0\t<path>`; the letter is lower case for assume-unchanged, S for skip-worktree. */
function parseEntry(line: Buffer): IndexEntry {
  const text = line.toString('utf8');
  const tab = text.indexOf('\t');
  const [tag = '', mode = '', oid = '', stage = ''] = text.slice(0, tab).split(' ');
  return {
    path: text.slice(tab + 1),
    mode,
    oid,
    stage: Number(stage),
    hidden: /^s$/i.test(tag) ? 'skip-worktree' : tag === tag.toUpperCase() ? null : 'assume-unchanged',
  };
}

function onlyWanted(entries: IndexEntry[], wanted: ReadonlySet<string>): IndexEntry[] {
  return entries.filter(({ path, stage }) => {
    if (stage !== 0 || wanted.has(path)) return true;
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
      if (wanted.has(path.slice(0, slash))) return true;
    return false;
  });
}
