import { type Outcome, outcomeExit } from '../../plan/outcome.ts';
import { shift as shiftProject } from '../../run/shift.ts';
import type { RunResult } from '../../run/work/run-result.ts';
import { runRole } from '../../run/work/worker.ts';
import type { Action } from '../command-spec.ts';
import { exitCodeOfInterrupt, isInterrupt } from '../interruption.ts';
import { flagOption } from '../options.ts';
import { resultLines } from '../text/result-lines.ts';
import { verboseCli } from '../verbose.ts';
import { withWriting } from '../with-writing.ts';

/** `rota shift`: a sweep, then every role works until nothing is eligible. The worst run decides the exit code. */
export const shift: Action = async (cli, _args, options) => {
  const stop = cli.interruption();
  const verbose = verboseCli(cli, options);
  const results = await withWriting<RunResult[]>(verbose.cli, (project) =>
    shiftProject(project, { once: flagOption(options, 'once'), stop, runRole }),
  );
  verbose.sum();
  if (cli.json) cli.output.document(results);
  else if (results.length === 0) cli.output.line('Nothing to do.');
  else
    for (const result of results) for (const line of resultLines(result, cli.output)) cli.output.line(line);
  return exitOf(
    results.map(({ outcome }) => outcome),
    stop,
  );
};

function exitOf(outcomes: readonly Outcome[], stop: AbortSignal): number {
  if (stop.aborted && isInterrupt(stop.reason)) return exitCodeOfInterrupt(stop.reason);
  return Math.max(0, ...outcomes.map((outcome) => outcomeExit(outcome)));
}
