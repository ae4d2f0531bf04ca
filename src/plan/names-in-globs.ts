/**
 * Whether a role's `may-edit` names a part of a path as it is written: `**` says nothing about files that decide what other
 * programs do, so a role that is meant to change them names them. An exclusion allows nothing.
 */
export function namesPart(globs: readonly string[], part: string): boolean {
  return globs.some((glob) => !glob.startsWith('!') && glob.split('/').includes(part));
}
