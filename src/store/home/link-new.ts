import type { Files } from '../../system/ports.ts';

/** A file system without hard links (some network and FAT ones), or a folder that is a mount of its own. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/**
 * Makes `to` from the file `from`, complete at once, and never over anything: false when something is there. Where the file
 * system has no links it is a copy, which a crash can leave incomplete, but which still never overwrites.
 */
export async function linkNew(files: Files, from: string, to: string): Promise<boolean> {
  try {
    await files.link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(codeOf(error))) throw error;
  }
  try {
    await files.copyFile(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The errno of a failed call; also below a RotaError. */
export function codeOf(error: unknown): string {
  const cause = (error as { cause?: unknown }).cause;
  const { code } = (cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
