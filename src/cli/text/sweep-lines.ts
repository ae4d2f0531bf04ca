import { SWEEP_LISTS, type SweepReport } from '../../run/sweep/sweep-report.ts';
import { plainText } from '../../task/text.ts';
import type { Output } from '../output.ts';

/** What a sweep did, counted; what it kept and rescued, and the pull requests that it looked at, by name. */
export function sweepLines(report: SweepReport, dryRun: boolean, { colors }: Output): string[] {
  const counts = SWEEP_LISTS.filter((list) => report[list].length > 0).map(
    (list) => `${report[list].length} ${list}`,
  );
  const head =
    counts.length === 0 ? 'Nothing to sweep.' : `${dryRun ? 'Would be: ' : ''}${counts.join(', ')}.`;
  const rescued = report.rescued.flatMap(({ task, rescue }) =>
    rescue === null
      ? []
      : [`${colors.yellow('rescued')}  ${plainText(task ?? '')} ${colors.dim(plainText(rescue))}`],
  );
  const followed = report.followed.map(
    ({ task, reason }) => `${colors.cyan('followed')}  ${plainText(task ?? '')}: ${plainText(reason)}`,
  );
  const kept = report.kept.map(({ task, worktree, reason }) => {
    const what = [task, worktree]
      .filter((part) => part !== null)
      .map(plainText)
      .join(' ');
    return `${colors.yellow('kept')}  ${what}: ${plainText(reason)}`;
  });
  return [head, ...rescued, ...followed, ...kept];
}
