import { isTestPath } from './test-path.ts';

/** One path that landing a candidate would change on main. */
export interface BranchChange {
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed';
  readonly path: string;
  /** Where a renamed file was. */
  readonly from: string | null;
}

/** Every path that is different afterwards, both names of a renamed file among them. */
export function changedPaths(changes: readonly BranchChange[]): string[] {
  return changes.flatMap(({ path, from }) => (from === null ? [path] : [from, path]));
}

/** Tests that main has and the branch changed, moved or deleted, by their old names: what they ask for may be less now. */
export function changedTests(changes: readonly BranchChange[]): string[] {
  return changes
    .filter(({ status }) => status !== 'added')
    .map(({ path, from }) => from ?? path)
    .filter((path) => !path.startsWith('backlog/') && isTestPath(path));
}

/** Old to new name of what was renamed. */
export function movedFiles(changes: readonly BranchChange[]): ReadonlyMap<string, string> {
  return new Map(changes.flatMap(({ path, from }) => (from === null ? [] : [[from, path] as const])));
}
