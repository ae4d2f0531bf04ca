import type { DemoEnd } from '../../demo/run-demo.ts';
import { plainText } from '../../task/text.ts';
import type { TaskRow } from '../documents/task-rows.ts';
import type { Output } from '../output.ts';
import { cutToWidth } from './display-width.ts';
import { taskTable } from './task-table.ts';

export interface DemoSeen {
  readonly rows: readonly TaskRow[];
  /** `git log --graph`, line by line. */
  readonly graph: readonly string[];
}

/**
 * What `rota demo` prints at its end: the tasks, the history, the figures, and where to look.
 *
 * @param program the file that was started, where `rota` itself is not on PATH
 */
export function demoLines(end: DemoEnd<DemoSeen>, output: Output, program: string | null): string[] {
  const { results, turns, seconds, wrong, seen } = end;
  const { colors } = output;
  const landed = results.filter(({ outcome }) => outcome === 'landed').length;
  const width = output.terminal ? output.width : 80;
  return [
    '',
    colors.bold('The tasks now'),
    ...taskTable(seen.rows, { ...output, terminal: true, width }),
    '',
    colors.bold('The history (without commits that change nothing but backlog/)'),
    ...seen.graph.map((line) => cutToWidth(plainText(line), width)),
    '',
    `${colors.green(`${landed} tasks landed`)} in ${seconds.toFixed(1)} seconds and ${turns} turns of the agent,`,
    'each with the gate green on the tree that landed.',
    ...wrong.map((what) => `${colors.red('Not as planned:')} ${plainText(what)}`),
    '',
    colors.bold('Where to look'),
    ...whereToLook(end.folder, program).map(([command, meaning]) =>
      meaning === '' ? `  ${command}` : `  ${command.padEnd(34)} ${colors.dim(meaning)}`,
    ),
  ];
}

function whereToLook(folder: string, program: string | null): [command: string, meaning: string][] {
  return [
    [`cd ${quoted(folder)}`, ''],
    ...(program === null
      ? []
      : [[`alias rota=${quoted(`node ${quoted(program)}`)}`, ''] as [string, string]]),
    ['rota list --status draft', 'what the roles propose'],
    ['rota why S7', 'its first worker was killed'],
    ['cat backlog/S3-*', 'a task file after its landing'],
    ['git log -1 --grep "^Task: S3"', 'what a landing says about itself'],
    ['git log -2 -p --grep "(S6)" src', 'red at first, then mended'],
    ['ls .git/rota/runs/*', "every run's prompt, output, gate"],
    ['git for-each-ref refs/rota', 'the records; landing deletes them'],
    [`rm -rf ${quoted(folder)}`, ''],
  ];
}

/** For a shell; only what needs it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
