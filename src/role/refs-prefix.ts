import { isBranchName } from './branch-name.ts';

/** Where rota's shared refs are on a remote, unless rota.yaml says otherwise. */
export const REFS_PREFIX = 'refs/rota/';

/** Git's own, those of people, and those that hosts make themselves. */
const TAKEN =
  /^(?:tags|remotes|replace|stash|notes|bisect|worktree|rewritten|prefetch|pull|merge-requests|for)$/i;

/**
 * Whether shared refs may be below it: a full ref name of at least two parts after `refs/`, or one that is nobody's; not
 * where branches of runs, tags or a host's own refs are. A slash at its end may be left out.
 */
export function isRefsPrefix(text: string): boolean {
  if (!/^refs\/[A-Za-z0-9_./-]{1,95}$/.test(text)) return false;
  const name = withoutSlash(text).slice('refs/'.length);
  const [kind = '', first] = name.toLowerCase().split('/');
  if (name !== name.trim() || !isBranchName(name) || TAKEN.test(kind)) return false;
  return kind !== 'heads' || (first !== undefined && first !== 'ai');
}

/** A branch and refs below its name cannot both be there; nor can main be one of the refs. */
export function clashesWithBranch(prefix: string, branch: string): boolean {
  const own = `refs/heads/${branch}/`.toLowerCase();
  const folder = toRefsPrefix(prefix).toLowerCase();
  return own.startsWith(folder) || folder.startsWith(own);
}

/** With its slash. */
export function toRefsPrefix(text: string = REFS_PREFIX): string {
  return `${withoutSlash(text)}/`;
}

function withoutSlash(text: string): string {
  return text.replace(/\/$/, '');
}
