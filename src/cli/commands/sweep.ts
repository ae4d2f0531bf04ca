import { sweep as sweepProject } from '../../run/sweep/sweep.ts';
import type { SweepReport } from '../../run/sweep/sweep-report.ts';
import { taskKey } from '../../task/id.ts';
import type { Action } from '../command-spec.ts';
import { flagOption, textOption } from '../options.ts';
import { sweepLines } from '../text/sweep-lines.ts';
import { withWriting } from '../with-writing.ts';

/** `rota sweep`: puts right what dead workers left, and says what it kept and why. */
export const sweep: Action = async (cli, _args, options) => {
  const given = textOption(options, 'discard');
  const dryRun = flagOption(options, 'dryRun');
  const discard = given === null ? null : taskKey(given);
  const stop = cli.interruption();
  const report = await withWriting<SweepReport>(cli, (project) =>
    sweepProject(project, { dryRun, discard, stop }),
  );
  if (cli.json) cli.output.document(report);
  else for (const line of sweepLines(report, dryRun, cli.output)) cli.output.line(line);
  return 0;
};
