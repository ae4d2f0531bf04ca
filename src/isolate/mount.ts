/** One thing that an isolated program finds at a path; everything that is not mounted is not there. */
export type Mount =
  /** A file or folder of this machine, links at its end followed. */
  | { readonly kind: 'read' | 'write'; readonly at: string; readonly from: string }
  /** An empty folder in memory. */
  | { readonly kind: 'empty'; readonly at: string }
  | { readonly kind: 'link'; readonly at: string; readonly target: string };

/**
 * In the order in which they have to be made: what lies in another comes after it. Of two at one path the later one counts, so
 * that what is said last is what holds.
 */
export function inMountOrder(mounts: readonly Mount[]): Mount[] {
  const last = new Map(mounts.map((mount) => [mount.at, mount]));
  return [...last.values()].sort((a, b) => depth(a.at) - depth(b.at) || (a.at < b.at ? -1 : 1));
}

/** Whether `path` is `folder` or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function depth(path: string): number {
  return path.split('/').length;
}
