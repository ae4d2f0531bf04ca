// Code points that HFS+ ignores in file names, as in git's own utf8.c (is_hfs_dotgit).
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Whether a path has a component that some file system opens as `.git`: any case, NTFS's short name `git~1`, trailing
 * dots and spaces, alternate data streams, and back slashes, which separate paths on Windows. After git's verify_path.
 */
export function isGitPath(path: string): boolean {
  return path.split(/[/\\]/).some((part) => {
    const plain = part
      .replace(IGNORED_BY_HFS, '')
      .split(':')[0]!
      .toLowerCase()
      .replace(/[. ]+$/, '');
    return plain === '.git' || /^git~\d+$/.test(plain);
  });
}
