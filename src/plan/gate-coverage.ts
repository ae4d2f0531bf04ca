import { globMatcher } from './glob.ts';

/** Which entries of the gate a change needs. */
export interface GateCoverage<Entry> {
  /** With their place in the gate, counted from 0. */
  readonly wanted: readonly { readonly entry: Entry; readonly index: number }[];
  readonly skipped: readonly Entry[];
  /** Changed paths that no entry is for: nothing would look at them. */
  readonly uncovered: readonly string[];
}

/**
 * Gate by path: an entry with `when` is for changes that its globs match, one without is for every change. The backlog is
 * judged by rota itself: its files need no entry, and call for none.
 */
export function gateCoverage<Entry extends { readonly when: readonly string[] | null }>(
  entries: readonly Entry[],
  changed: readonly string[],
): GateCoverage<Entry> {
  const paths = changed.filter((path) => !path.startsWith('backlog/'));
  const open = new Set(paths);
  const skipped: Entry[] = [];
  const wanted = [...entries.entries()].flatMap(([index, entry]) => {
    if (entry.when === null) {
      open.clear();
      return [{ entry, index }];
    }
    const hits = paths.filter(globMatcher(entry.when));
    for (const path of hits) open.delete(path);
    if (hits.length > 0) return [{ entry, index }];
    skipped.push(entry);
    return [];
  });
  return { wanted, skipped, uncovered: [...open] };
}
