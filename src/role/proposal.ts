/** What `rota init` looked at. */
export interface ProjectFacts {
  /**
   * Files by path from the root: those at the root and `.husky/pre-commit`, with their text or, where only the name
   * counts, ''. A folder at the root is there by its name.
   */
  readonly files: ReadonlyMap<string, string>;
  /** Programs found on PATH. */
  readonly onPath: readonly string[];
}

/** What one kind of project suggests. */
export interface Proposal {
  readonly gate: readonly string[];
  readonly setup: readonly string[];
  readonly copy: readonly string[];
  /** For the person: what was seen and not proposed, and why. */
  readonly notes: readonly string[];
}

/** Nothing of this kind here. */
export const NOTHING: Proposal = { gate: [], setup: [], copy: [], notes: [] };
