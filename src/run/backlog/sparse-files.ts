import type { System } from '../../system/ports.ts';
import { checkoutGitDir } from './checkout-git-dir.ts';

/**
 * Paths below these folders that a sparse checkout leaves out (git's skip-worktree): they are committed and not there,
 * which is no deletion.
 */
export async function readSparseFiles(
  system: System,
  root: string,
  folders: readonly string[],
): Promise<ReadonlySet<string>> {
  const gitDir = await checkoutGitDir(system.files, root);
  const args = ['ls-files', '-t', '-z', '--full-name', '--', ...folders];
  const { stdout } = await system.git.run({ kind: 'checkout', gitDir, workTree: root }, args);
  const lines = stdout.toString('utf8').split('\0');
  return new Set(lines.filter((line) => line.startsWith('S ')).map((line) => line.slice(2)));
}
