import { basename, resolve } from 'node:path';
import { runDemo } from '../../demo/run-demo.ts';
import { readHistoryGraph } from '../../system/git-query.ts';
import type { Action } from '../command-spec.ts';
import { readRowFacts } from '../documents/row-facts.ts';
import { taskRows } from '../documents/task-rows.ts';
import { exitCodeOfInterrupt, isInterrupt } from '../interruption.ts';
import { textOption } from '../options.ts';
import { storyOnly } from '../report/story.ts';
import { makeReporter } from '../report.ts';
import { demoLines } from '../text/demo-lines.ts';

/** `rota demo`: every role at work in a small repository. */
export const demo: Action = async (cli, _args, options) => {
  const { output, system } = cli;
  const stop = cli.interruption();
  const keep = textOption(options, 'keep');
  const program = process.argv[1] ?? '';
  const reporter = makeReporter(cli);
  const shown = await runDemo(system, {
    folder: keep === null ? null : resolve(cli.folder, keep),
    rota: [process.execPath, program],
    emit: storyOnly(reporter.emit),
    stop,
    say: (sentence) => output.line(output.colors.bold(sentence)),
    look: async (project, snapshot) => ({
      rows: taskRows(snapshot, await readRowFacts(project, snapshot)),
      graph: await readHistoryGraph(project.repository.root, project.system.environment.variables, 'backlog'),
    }),
  }).finally(() => reporter.end());
  const { folder, results, turns, seconds, wrong, seen } = shown;
  const stopped = stop.aborted && isInterrupt(stop.reason) ? stop.reason : null;
  if (cli.json) {
    const tasks = seen.rows.map(({ document }) => document);
    output.document({ folder, results, tasks, turns, seconds, wrong });
  } else if (stopped !== null) output.line(`Stopped. What there is stays in ${folder}.`);
  else
    for (const line of demoLines(shown, output, basename(program) === 'rota' ? null : program))
      output.line(line);
  if (stopped !== null) return exitCodeOfInterrupt(stopped);
  return wrong.length === 0 ? 0 : 1;
};
