import { type ChangedFile, GITLINK, SYMLINK } from '../changed-file.ts';
import { isTestPath } from '../test-path.ts';

/** A test file that a branch adds or changes, as the merge result has it. */
export interface ProofFile {
  readonly path: string;
  /** Null when it is binary or too large to be read. */
  readonly text: string | null;
}

export interface ProofFiles {
  /** Every path that goes from the merge result onto old main: tests, and what they use in folders of tests. */
  readonly carried: readonly string[];
  /** Those of them that are text a runner could take for tests. */
  readonly tests: readonly ProofFile[];
}

/**
 * What of a merge result is about tests, by convention (test-path.ts). A renamed test counts under its new path; what was
 * deleted proves nothing and stays on old main as it was.
 *
 * @param changed every path that differs between old main and the merge result
 */
export function proofFiles(changed: readonly ChangedFile[]): ProofFiles {
  const carried = changed.filter(
    ({ path, status, newMode }) =>
      status !== 'deleted' && newMode !== null && newMode !== GITLINK && isTestPath(path) && !isRotas(path),
  );
  const tests = carried.filter((file) => file.newMode !== SYMLINK && !isData(file.path) && !sameText(file));
  return {
    carried: carried.map(({ path }) => path),
    tests: tests.map(({ path, newText }) => ({ path, text: newText })),
  };
}

function isRotas(path: string): boolean {
  return /^(?:backlog|roles)\//i.test(path);
}

/** Snapshots, fixtures and texts: they travel, and nobody runs them. */
function isData(path: string): boolean {
  return /\.(?:snap|json|jsonl|ya?ml|toml|xml|html?|css|svg|md|txt|csv|tsv|sql|lock|log|png|jpe?g|gif|webp|pdf|zip|gz|ini|cfg|env)$/i.test(
    path,
  );
}

/** Only its mode changed: nothing new is tested. A file that moved is run where it is now. */
function sameText({ status, oldText, newText }: ChangedFile): boolean {
  return status === 'modified' && newText !== null && oldText === newText;
}
