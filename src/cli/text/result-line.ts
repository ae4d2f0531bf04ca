import { outcomeExit } from '../../plan/outcome.ts';
import type { RunResult } from '../../run/run-result.ts';
import { plainText } from '../../task/text.ts';
import type { Colors } from '../output.ts';

/** What became of a run, in one line: `A32 landed as 1a2b3c4d`. */
export function resultLine({ outcome, task, commit, reason, worktree }: RunResult, colors: Colors): string {
  const paint = outcomeExit(outcome) === 0 ? colors.green : colors.yellow;
  const what = task === null ? paint(outcome) : `${colors.bold(task)} ${paint(outcome)}`;
  const where = outcome === 'landed' && commit !== null ? ` as ${commit.slice(0, 10)}` : '';
  const why = reason === null ? '' : `: ${plainText(reason)}`;
  const kept = worktree === null ? '' : colors.dim(` (work kept in ${worktree})`);
  return `${what}${where}${why}${kept}`;
}
