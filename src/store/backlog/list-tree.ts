import type { GitPlace, System } from '../../system/ports.ts';

export interface TreeEntry {
  /** `100644`, `100755`, `120000` (symbolic link), `160000` (submodule), `040000`. */
  readonly mode: string;
  readonly oid: string;
  readonly path: string;
  /** False: the path is not UTF-8, and `path` is not quite it. */
  readonly legible: boolean;
}

/** Lists what is at these paths in a commit's tree, in git's order. A path that is not there has no entry. */
export async function listTree(
  system: System,
  place: GitPlace,
  commit: string,
  { paths, recursive }: { readonly paths: readonly string[]; readonly recursive: boolean },
): Promise<TreeEntry[]> {
  const args = ['ls-tree', '-z', '--full-tree', ...(recursive ? ['-r'] : []), commit, '--', ...paths];
  const { stdout } = await system.git.run(place, args);
  const text = stdout.toString('utf8');
  const entries: TreeEntry[] = [];
  // `<mode> <type> <oid>\t<path>\0`, cut by hand: this is the loop that is as long as the backlog.
  for (let at = 0; at < text.length; ) {
    const tab = text.indexOf('\t', at);
    const end = text.indexOf('\0', tab);
    const path = text.slice(tab + 1, end);
    const oid = text.slice(text.lastIndexOf(' ', tab) + 1, tab);
    entries.push({ mode: text.slice(at, at + 6), oid, path, legible: !path.includes('\ufffd') });
    at = end + 1;
  }
  return entries;
}
