import { join } from 'node:path';
import type { IgnoredFile } from '../../plan/sweep-worktree.ts';
import type { Files } from '../../system/ports.ts';

export interface IgnoredTree {
  readonly files: IgnoredFile[];
  /** Folders that hold a repository of their own. */
  readonly nested: string[];
  /** Set when there is too much to look at. */
  readonly problem: string | null;
}

/** More ignored files than this are not counted one by one. */
const MOST = 50_000;

/**
 * The ignored files of a worktree with their sizes.
 *
 * @param entries as git lists them: files, or whole folders with a trailing `/`
 */
export async function walkIgnored(
  files: Files,
  root: string,
  entries: readonly string[],
  rules: { readonly provisioned: readonly string[]; readonly disposable: readonly string[] },
): Promise<IgnoredTree> {
  const exact = new Set(rules.provisioned);
  const isProvisioned = (path: string) =>
    exact.has(path) || foldersOf(path).some((folder) => exact.has(folder));
  // Not looked into: what is in them does not matter. Names anywhere, or paths from the root (globs are for the plan).
  const isDisposable = (path: string) =>
    rules.disposable.some((entry) => {
      const plain = entry.replace(/\/+$/, '');
      return plain === path || (!plain.includes('/') && path.split('/').includes(plain));
    });
  const found: IgnoredTree = { files: [], nested: [], problem: null };

  async function visit(path: string): Promise<void> {
    const plain = path.replace(/\/$/, '');
    const provisioned = isProvisioned(path);
    if (provisioned || isDisposable(plain)) {
      found.files.push({ path: plain, size: 0, provisioned });
      return;
    }
    if (found.files.length > MOST) return;
    if (!path.endsWith('/')) {
      const facts = await files.facts(join(root, path));
      if (facts !== null) found.files.push({ path, size: facts.size, provisioned: false });
      return;
    }
    const inside = await files.list(join(root, plain));
    if (inside.some(({ name }) => name === '.git')) {
      found.nested.push(path);
      return;
    }
    for (const { name, kind } of inside) await visit(`${path}${name}${kind === 'folder' ? '/' : ''}`);
  }

  for (const entry of entries) await visit(entry);
  return found.files.length > MOST
    ? { ...found, problem: `it holds more than ${MOST} ignored files` }
    : found;
}

/** `a/b/c` -> `a/`, `a/b/`; a folder itself included. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    folders.push(path.slice(0, at + 1));
  return folders;
}
