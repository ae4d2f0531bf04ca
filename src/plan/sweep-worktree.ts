import { globMatcher } from './glob.ts';

/** One ignored file in a worktree. */
export interface IgnoredFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** It was there after setup, before the agent started. */
  readonly provisioned: boolean;
}

/** What was found out about one worktree; whatever could not be found out is in `gitError`. */
export interface WorktreeFacts {
  /** Task id, for the command that a reason names. */
  readonly task: string;
  /** Registered for one of rota's runs. */
  readonly ours: boolean;
  readonly run: 'over' | 'running' | 'unknown';
  /** Of the task's record, if it names this worktree's run. */
  readonly lock: 'none' | 'live' | 'dead' | 'unknown';
  readonly gitError: string | null;
  /** Tracked paths that differ from HEAD in the index or the folder. */
  readonly uncommitted: readonly string[];
  readonly untracked: readonly string[];
  /**
   * `base`: HEAD is the commit that the branch started from. `unmade`: the checkout was never finished, so nobody has worked in it,
   * and its branch has the commits. `only-here`: none of the others.
   */
  readonly head: 'landed' | 'pushed' | 'base' | 'unmade' | 'only-here';
  readonly ignored: readonly IgnoredFile[];
  /** From rota.yaml: names of files or folders anywhere, or globs from the worktree's root. */
  readonly disposable: readonly string[];
  /** A person said `rota sweep --discard ID`. */
  readonly discard: boolean;
}

export type WorktreeDecision =
  | { readonly action: 'keep'; readonly reason: string }
  | { readonly action: 'remove'; readonly reason: string }
  /** Commit `paths` to the rescue ref, then remove the worktree. */
  | { readonly action: 'rescue'; readonly reason: string; readonly paths: readonly string[] };

const LARGEST_RESCUED = 1024 * 1024;
const MOST_RESCUED = 20 * 1024 * 1024;

/**
 * Whether a worktree may go (docs/protocols.md, "Sweeping"). In doubt it stays. A person's `--discard` gives up large
 * ignored files, never a living run's folder and never a tracked or untracked byte without a rescue.
 */
export function mayRemoveWorktree(facts: WorktreeFacts): WorktreeDecision {
  const inUse = whyInUse(facts);
  if (inUse !== null) return { action: 'keep', reason: inUse };
  const dirty = [...facts.uncommitted, ...facts.untracked];
  if (!facts.discard) {
    const unsaved = whyUnsaved(facts, dirty);
    if (unsaved !== null)
      return { action: 'keep', reason: `${unsaved} (\`rota sweep --discard ${facts.task}\` removes it)` };
  }
  const worthIt = precious(facts);
  const small = worthIt.filter((file) => file.size <= LARGEST_RESCUED);
  const fits = small.length === worthIt.length && total(small) <= MOST_RESCUED;
  if (!fits && !facts.discard) return { action: 'keep', reason: tooLarge(worthIt, facts.task) };
  const paths = [...dirty, ...(fits ? worthIt : withinBudget(small)).map((file) => file.path)];
  const reason = `the run is over, ${facts.discard ? 'discarded by a person' : headReason(facts.head)}`;
  return paths.length === 0 ? { action: 'remove', reason } : { action: 'rescue', reason, paths };
}

function whyInUse(facts: WorktreeFacts): string | null {
  if (!facts.ours) return "not one of rota's worktrees";
  if (facts.gitError !== null) return `git could not say what is in it: ${facts.gitError}`;
  if (facts.run !== 'over')
    return facts.run === 'running' ? 'its run is going on' : 'its run cannot be shown to be over';
  if (facts.lock === 'live') return 'its lock is live';
  return facts.lock === 'unknown' ? 'its lock cannot be shown to be dead' : null;
}

function whyUnsaved(facts: WorktreeFacts, dirty: readonly string[]): string | null {
  if (dirty.length > 0) return `not committed: ${named(dirty)}`;
  return facts.head === 'only-here' ? 'its commits are neither landed nor pushed' : null;
}

/** Ignored files that somebody may miss: neither there before the agent nor declared disposable. */
function precious(facts: WorktreeFacts): IgnoredFile[] {
  const disposable = globMatcher(facts.disposable.flatMap(disposableGlobs));
  return facts.ignored.filter((file) => !file.provisioned && !disposable(file.path));
}

function disposableGlobs(entry: string): string[] {
  const plain = entry.replace(/\/+$/, '');
  const own = [plain, `${plain}/**`];
  return plain.includes('/') ? own : [...own, `**/${plain}`, `**/${plain}/**`];
}

function withinBudget(files: readonly IgnoredFile[]): IgnoredFile[] {
  let left = MOST_RESCUED;
  return files.filter((file) => {
    if (file.size > left) return false;
    left -= file.size;
    return true;
  });
}

function tooLarge(files: readonly IgnoredFile[], task: string): string {
  const largest = files.toSorted((a, b) => b.size - a.size).map((file) => file.path);
  const size = (total(files) / 1024 / 1024).toFixed(1);
  return `ignored files of ${size} MiB are too much to rescue: ${named(largest)} (\`rota sweep --discard ${task}\` gives them up)`;
}

function total(files: readonly IgnoredFile[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

function named(paths: readonly string[]): string {
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return `${paths.slice(0, 3).join(', ')}${more}`;
}

function headReason(head: WorktreeFacts['head']): string {
  if (head === 'base') return 'nothing was committed';
  if (head === 'unmade') return 'its checkout was never finished, its commits are on its branch';
  return `its commits are ${head}`;
}
