import { type ChangedFile, type ContractFinding, GITLINK, SYMLINK } from './changed-file.ts';
import { isGitPath } from './git-path.ts';
import { escapesRepository } from './link-target.ts';

/** What nobody may want on main, whoever wrote it: every finding is `refused`. */
export function checkSafety(file: ChangedFile): ContractFinding[] {
  // Taking something away is a matter of `may-edit` only; so is leaving an old problem where it is.
  if (file.status === 'deleted') return [];
  return RULES.flatMap(([rule, check]) => {
    const message = check(file);
    if (message === null) return [];
    return [{ severity: 'refused' as const, path: file.path, rule, message: `${file.path}: ${message}` }];
  });
}

type Check = (file: ChangedFile) => string | null;

const gitPath: Check = (file) =>
  isGitPath(file.path) ? 'a path that git, or git on another system, takes for its own folder' : null;

const illegalPath: Check = (file) =>
  file.path.split('/').some((part) => part === '' || part === '.' || part === '..')
    ? 'not a path inside the repository'
    : null;

const symlink: Check = (file) => {
  if (file.newMode !== SYMLINK) return null;
  if (file.newText === null) return 'a symbolic link whose target cannot be read';
  return escapesRepository(file.path, file.newText)
    ? `a symbolic link to ${JSON.stringify(file.newText)}, which is not provably inside the repository`
    : null;
};

const submodule: Check = (file) => (file.newMode === GITLINK ? 'a submodule was added or moved' : null);

const submoduleUrl: Check = (file) => {
  if (file.path.toLowerCase() !== '.gitmodules') return null;
  if (file.newMode === SYMLINK || file.newText === null) return 'a list of submodules that cannot be read';
  const added = newLines(file, /^\s*(?:url|update)\s*=/i);
  return added.length > 0 ? 'a submodule is to be fetched from a new place' : null;
};

const conflictMarker: Check = (file) => {
  if (file.newMode === SYMLINK) return null;
  const first = newLines(file, /^(?:<{7}|\|{7}|>{7})(?: |\r?$)/)[0];
  return first === undefined ? null : `line ${first}: a conflict marker was left`;
};

/** Numbers of the matching lines that the old text does not have as often. */
function newLines(file: ChangedFile, pattern: RegExp): number[] {
  const old = new Map<string, number>();
  for (const line of file.oldText?.split('\n') ?? []) old.set(line, (old.get(line) ?? 0) + 1);
  return (file.newText?.split('\n') ?? []).flatMap((line, index) => {
    if (!pattern.test(line)) return [];
    const known = old.get(line) ?? 0;
    old.set(line, known - 1);
    return known > 0 ? [] : [index + 1];
  });
}

const RULES: readonly (readonly [string, Check])[] = [
  ['git-path', gitPath],
  ['illegal-path', illegalPath],
  ['escaping-symlink', symlink],
  ['submodule', submodule],
  ['submodule-url', submoduleUrl],
  ['conflict-marker', conflictMarker],
];
