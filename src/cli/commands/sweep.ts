import { RotaError } from '../../errors.ts';
import { SWEEPER } from '../../role/agent-of.ts';
import { noteWorked } from '../../run/schedule/last-worked.ts';
import type { SweepReport } from '../../run/sweep/sweep-report.ts';
import { sweepWhile } from '../../run/sweep/sweep-while.ts';
import { parseDuration } from '../../task/duration.ts';
import { taskKey } from '../../task/id.ts';
import { plainText } from '../../task/text.ts';
import type { Action, Options } from '../command-spec.ts';
import { flagOption, textOption } from '../options.ts';
import { sweepLines } from '../text/sweep-lines.ts';
import { verboseCli } from '../verbose.ts';
import { withWriting } from '../with-writing.ts';

/** `rota sweep`: puts right what dead workers left, and says what it kept and why. */
export const sweep: Action = async (cli, _args, options) => {
  const given = textOption(options, 'discard');
  const dryRun = flagOption(options, 'dryRun');
  const discard = given === null ? null : taskKey(given);
  const watch = readWatch(options);
  const stop = cli.interruption();
  const verbose = verboseCli(cli, options);
  const report = await withWriting<SweepReport>(verbose.cli, async (project) => {
    const done = await sweepWhile(project, { dryRun, discard, stop }, watch);
    const { system, repository } = project;
    const why = dryRun
      ? null
      : await noteWorked(system, repository, SWEEPER, { outcome: 'swept', task: null });
    if (why !== null) cli.output.note(why);
    return done;
  });
  verbose.sum();
  if (cli.json) cli.output.document(report);
  else for (const line of sweepLines(report, dryRun, cli.output)) cli.output.line(line);
  return 0;
};

/** Milliseconds; 0: one sweep. */
function readWatch(options: Options): number {
  const text = textOption(options, 'watch');
  if (text === null) return 0;
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw new RotaError(
    'usage',
    `--watch ${plainText(text)} is not a duration.`,
    'For example: rota sweep --watch 16m',
  );
}
