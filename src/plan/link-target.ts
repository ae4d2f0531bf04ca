import { isGitPath } from './git-path.ts';

/**
 * Whether a symbolic link at `path` (from the repository's root) may lead out of the repository or into its `.git`.
 * `..` is judged only at the start of the target, where it climbs real folders; after a name, that name may itself be
 * a link to anywhere, so such a target counts as escaping.
 */
export function escapesRepository(path: string, target: string): boolean {
  if (target === '' || target.includes('\0') || isGitPath(target)) return true;
  if (/^[/\\~]|^[A-Za-z]:/.test(target)) return true;
  const parts = target.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  const climbs = parts.findIndex((part) => part !== '..');
  const ups = climbs === -1 ? parts.length : climbs;
  if (parts.slice(ups).includes('..')) return true;
  return ups > path.split('/').length - 1;
}
