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

/** What `rota demo` prints at its end: the tasks, the history, the figures, and where to look. */
export function demoLines(end: DemoEnd<DemoSeen>, output: Output): string[] {
  const { folder, results, turns, seconds, wrong, seen } = end;
  const { colors } = output;
  const landed = results.filter(({ outcome }) => outcome === 'landed').length;
  const width = output.terminal ? output.width : 80;
  return [
    '',
    colors.bold('The tasks now'),
    ...taskTable(seen.rows, { ...output, terminal: true, width }),
    '',
    colors.bold('The history (without the commits that only show locks)'),
    ...seen.graph.map((line) => cutToWidth(plainText(line), width)),
    '',
    `${colors.green(`${landed} tasks landed`)} in ${seconds.toFixed(1)} s and ${turns} turns; each gated as the tree that is on main.`,
    ...wrong.map((what) => `${colors.red('Not as planned:')} ${plainText(what)}`),
    '',
    colors.bold('Where to look'),
    ...whereToLook(folder).map(([command, meaning]) => `  ${command.padEnd(38)} ${colors.dim(meaning)}`),
  ];
}

function whereToLook(folder: string): [command: string, meaning: string][] {
  return [
    [`cd ${folder}`, ''],
    ['rota show S7', 'red first, then mended'],
    ['rota log S11', 'its worker was killed'],
    ['cat backlog/S3-*.md', 'a task file after its landing'],
    ['git log -1 --grep "Task: S3"', 'what a landing says about its gate'],
    ['rota list --status draft', 'what the roles propose'],
    ["git for-each-ref 'refs/rota/*'", 'the records: none is left'],
    [`rm -r ${folder}`, 'removes everything'],
  ];
}
