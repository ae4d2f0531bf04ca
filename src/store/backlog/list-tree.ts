import { RotaError } from '../../errors.ts';
import type { GitPlace, System } from '../../system/ports.ts';

export interface TreeEntry {
  /** `100644`, `100755`, `120000` (symbolic link), `160000` (submodule), `40000`. */
  readonly mode: string;
  readonly oid: string;
  readonly path: string;
  /** False: the path is not UTF-8, and `path` is not quite it. */
  readonly legible: boolean;
}

/**
 * Lists what is at these names in the root of a commit's tree, in git's order: files as they are, folders by what is in them, down to
 * the last one if `recursive`. A name that is not there has no entry.
 *
 * @throws RotaError `git` when the commit is not there
 */
export async function listTree(
  system: System,
  place: GitPlace,
  commit: string,
  { names, recursive }: { readonly names: readonly string[]; readonly recursive: boolean },
): Promise<TreeEntry[]> {
  const [root] = await system.git.objects(place, 'contents', [`${commit}^{tree}`]);
  if (!root) throw new RotaError('git', `The commit ${commit} is not in the repository, or is damaged.`);
  const found = entriesOf(root.content, root.oid.length / 2, '').filter(({ path }) => names.includes(path));
  return inside(system, place, found, recursive ? Number.POSITIVE_INFINITY : 1);
}

/** The entries, with each folder replaced by its entries; `depth` folders deep. */
async function inside(
  system: System,
  place: GitPlace,
  entries: readonly TreeEntry[],
  depth: number,
): Promise<TreeEntry[]> {
  const folders = entries.filter(isFolder);
  if (folders.length === 0 || depth === 0) return [...entries];
  const oids = folders.map(({ oid }) => oid);
  const trees = await system.git.objects(place, 'contents', oids);
  const children = folders.map(({ path, oid }, at) => {
    const tree = trees[at];
    if (!tree) throw new RotaError('git', `The folder ${path} (tree ${oid}) is not in the repository.`);
    return entriesOf(tree.content, oid.length / 2, `${path}/`);
  });
  const below = new Map<TreeEntry, TreeEntry[]>();
  for (const [at, folder] of folders.entries())
    below.set(folder, await inside(system, place, children[at]!, depth - 1));
  return entries.flatMap((entry) => below.get(entry) ?? [entry]);
}

function isFolder({ mode }: TreeEntry): boolean {
  return mode === '40000';
}

/** A tree object is, for each entry, `<mode> <name>\0` and the bytes of the object id. */
function entriesOf(tree: Buffer, idLength: number, prefix: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < tree.length; ) {
    const space = tree.indexOf(32, at);
    const end = tree.indexOf(0, space);
    const name = tree.toString('utf8', space + 1, end);
    const next = end + 1 + idLength;
    entries.push({
      mode: tree.toString('latin1', at, space),
      oid: tree.toString('hex', end + 1, next),
      path: `${prefix}${name}`,
      legible: !name.includes('\ufffd'),
    });
    at = next;
  }
  return entries;
}
