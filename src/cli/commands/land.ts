import { RotaError } from '../../errors.ts';
import { outcomeExit } from '../../plan/outcome.ts';
import { landBranch } from '../../run/land/land-branch.ts';
import { taskKey } from '../../task/id.ts';
import type { Action } from '../command-spec.ts';
import { textOption } from '../options.ts';
import { resultLines } from '../text/result-lines.ts';
import { verboseCli } from '../verbose.ts';
import { withWriting } from '../with-writing.ts';

/** `rota land ID`: gates what is on the task's branch and lands it. */
export const land: Action = async (cli, [id = ''], options) => {
  const key = taskKey(id);
  const accept = textOption(options, 'accept');
  if (accept?.trim() === '') {
    throw new RotaError(
      'usage',
      '--accept needs a reason; it is recorded.',
      `rota land ${id} --accept "why it is wanted"`,
    );
  }
  const stop = cli.interruption();
  const verbose = verboseCli(cli, options);
  const result = await withWriting(verbose.cli, (project) =>
    landBranch(project, { key, branch: textOption(options, 'branch'), accept, stop }),
  );
  verbose.sum();
  if (cli.json) cli.output.document(result);
  else for (const line of resultLines(result, cli.output)) cli.output.line(line);
  return outcomeExit(result.outcome, stop.aborted ? String(stop.reason) : null);
};
