import type { RunResult } from '../../run/work/run-result.ts';
import { plainText } from '../../task/text.ts';
import type { Output } from '../output.ts';

/** How a run ended, in one line and what belongs to it. */
export function resultLines(result: RunResult, { colors }: Output): string[] {
  const { outcome, task, role, reason, commit, worktree, branch } = result;
  const who = plainText(task ?? role);
  const why = reason === null ? '' : `: ${plainText(reason)}`;
  switch (outcome) {
    case 'landed':
      return [
        `${colors.green('landed')}  ${colors.bold(who)}${commit === null ? '' : ` as ${commit.slice(0, 10)}`}${why}`,
      ];
    case 'idle':
      return [`${colors.dim('idle')}  ${who}${why}`];
    case 'proposed':
      return [
        `${colors.green('proposed')}  ${colors.bold(who)}${result.pr === null ? '' : ` ${plainText(result.pr)}`}${why}`,
      ];
    case 'held':
    case 'waiting':
      return [
        `${colors.yellow(outcome)}  ${colors.bold(who)}${why}`,
        ...kept(worktree, branch),
        ...word(result),
      ];
    default:
      return [`${colors.red(outcome)}  ${colors.bold(who)}${why}`, ...kept(worktree, branch)];
  }
}

function kept(worktree: string | null, branch: string | null): string[] {
  if (worktree !== null) return [`  the work is in ${plainText(worktree)}`];
  return branch === null ? [] : [`  the work is on branch ${plainText(branch)}`];
}

function word({ outcome, task }: RunResult): string[] {
  return outcome === 'held' && task !== null
    ? [`  rota land ${plainText(task)} --accept "reason" lands it as it is`]
    : [];
}
