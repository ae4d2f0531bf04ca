import type { System } from '../../system/ports.ts';
import { checkoutGitDir } from './checkout-git-dir.ts';

/**
 * Paths below these folders that a sparse checkout leaves out (git's skip-worktree): they are committed and not there,
 * which is no deletion. With the object id of each.
 */
export async function readSparseFiles(
  system: System,
  root: string,
  folders: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const gitDir = await checkoutGitDir(system.files, root);
  const args = ['ls-files', '-t', '-s', '-z', '--full-name', '--', ...folders];
  const { stdout } = await system.git.run({ kind: 'checkout', gitDir, workTree: root }, args);
  // `S <mode> <oid> <stage>\t<path>`
  const lines = stdout.toString('utf8').split('\0');
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const found = /^S \d+ ([0-9a-f]+) 0\t(.+)$/s.exec(line);
      return found === null ? [] : [[found[2]!, found[1]!]];
    }),
  );
}
