import { RotaError } from '../../errors.ts';
import { countFlaky, type FlakyCount } from '../../plan/flaky-log.ts';
import { summarizeLog } from '../../plan/log-summary.ts';
import { readTaskLog } from '../../run/backlog/read-log.ts';
import type { Project } from '../../run/project/project.ts';
import type { Snapshot } from '../../run/project/snapshot.ts';
import { readUsage } from '../../run/usage/ledger.ts';
import { parseTaskId, taskKey } from '../../task/id.ts';
import type { LogEntry } from '../../task/log-line.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';
import type { Action, Options } from '../command-spec.ts';
import { flagOption, textOption } from '../options.ts';
import type { Output } from '../output.ts';
import { sinceOption } from '../since-option.ts';
import { logSummaryLines } from '../text/log-summary-lines.ts';
import { formatTable } from '../text/table.ts';
import { unknownTask } from '../unknown-task.ts';
import { withSnapshot } from '../with-project.ts';

/** `rota log [ID]`: what happened, oldest first; with --flaky how often each test failed and then passed. */
export const log: Action = (cli, [id], options) => {
  const only = id === undefined ? null : taskKey(id);
  const most = readNumber(options);
  return withSnapshot(cli, options, async (project, snapshot) => {
    if (only !== null && !snapshot.backlog.byKey.has(only) && !snapshot.records.has(only)) {
      throw await unknownTask(project, snapshot.view.main, id ?? '');
    }
    const since = sinceOption(options, cli.system.clock.now(), 'rota log');
    const whole = await readTaskLog(project, snapshot, only);
    const all = since === null ? whole : whole.filter(({ at }) => at >= since);
    if (flagOption(options, 'flaky')) {
      tellFlaky(cli, countFlaky(all).slice(0, most));
      return 0;
    }
    const entries = all.slice(-most);
    if (cli.json)
      cli.output.document(entries.map(({ at, ...entry }) => ({ time: at.toISOString(), ...entry })));
    else if (since !== null && only === null) await tellSummary(cli, project, snapshot, { entries, since });
    else if (entries.length === 0) cli.output.note('Nothing happened yet.');
    else for (const line of logLines(entries, cli.output)) cli.output.line(line);
    return 0;
  });
};

/** What happened since then in a few lines, instead of line by line. */
async function tellSummary(
  { output }: Cli,
  project: Project,
  { backlog, records }: Snapshot,
  { entries, since }: { readonly entries: readonly LogEntry[]; readonly since: Date },
): Promise<void> {
  const states = [...records].map(([key, { record }]) => ({
    task: backlog.byKey.get(key)?.id ?? key,
    state: record?.state ?? null,
    reason: record?.reason ?? null,
  }));
  const spent = (await readUsage(project, since)).filter(({ time }) => new Date(time) >= since);
  // A log line is a person's text, or an agent's: what it calls a task need not be an id.
  const titleOf = (task: string) => {
    const key = parseTaskId(task);
    return key === null ? '' : (backlog.byKey.get(key)?.title ?? '');
  };
  for (const line of logSummaryLines(summarizeLog(entries, states), spent, titleOf, output))
    output.line(line);
}

function readNumber(options: Options): number {
  const text = textOption(options, 'number');
  if (text === null) return Number.MAX_SAFE_INTEGER;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new RotaError('usage', `--number ${text} is not a count.`, 'For example: rota log --number 20');
}

function logLines(entries: readonly LogEntry[], output: Output): string[] {
  const { colors } = output;
  return formatTable(
    entries,
    [
      {
        head: 'TIME (UTC)',
        cell: ({ at }) => at.toISOString().slice(0, 19).replace('T', ' '),
        paint: colors.dim,
      },
      { head: 'TASK', cell: ({ task }) => plainText(task), paint: colors.bold },
      { head: 'ROLE', cell: ({ role }) => plainText(role) },
      { head: 'EVENT', cell: ({ event }) => plainText(event) },
      { head: 'DETAIL', cell: ({ detail }) => plainText(detail), paint: colors.dim, grows: true },
    ],
    { width: output.terminal ? output.width : null, paintHead: colors.dim },
  );
}

function tellFlaky({ json, output }: Cli, counts: readonly FlakyCount[]): void {
  if (json) output.document(counts.map(({ last, ...count }) => ({ ...count, last: last.toISOString() })));
  else if (counts.length === 0) output.note('No test failed and then passed.');
  else for (const line of flakyTable(counts, output)) output.line(line);
}

function flakyTable(counts: readonly FlakyCount[], output: Output): string[] {
  const { colors } = output;
  return formatTable(
    counts,
    [
      { head: 'TIMES', cell: ({ count }) => String(count), paint: colors.bold },
      {
        head: 'LAST (UTC)',
        cell: ({ last }) => last.toISOString().slice(0, 16).replace('T', ' '),
        paint: colors.dim,
      },
      { head: 'TASKS', cell: ({ tasks }) => plainText(tasks.slice(-3).join(', ')) },
      { head: 'TEST', cell: ({ test }) => plainText(test), grows: true },
    ],
    { width: output.terminal ? output.width : null, paintHead: colors.dim },
  );
}
