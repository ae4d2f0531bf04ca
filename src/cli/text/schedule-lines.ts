import type { ScheduleStatus } from '../../run/schedule/schedule-status.ts';
import type { ScheduleFile } from '../../schedule/planned.ts';
import { plainText } from '../../task/text.ts';
import type { Output } from '../output.ts';
import { formatSince } from './ago.ts';
import { formatTable } from './table.ts';

/** Each file under its name, as it would be written. */
export function scheduleFileLines(files: readonly ScheduleFile[], { colors }: Output): string[] {
  return files.flatMap(({ path, text }, at) => [
    ...(at === 0 ? [] : ['']),
    colors.bold(`# ${path}`),
    ...text.replace(/\n$/, '').split('\n'),
  ]);
}

/** The lines of `rota schedule status`. */
export function scheduleStatusLines(
  { installed, roles }: ScheduleStatus,
  { colors, terminal, width }: Output,
  now: Date,
): string[] {
  const ago = (time: string | null) => (time === null ? 'never' : `${formatSince(time, now) ?? '?'} ago`);
  const head =
    installed === null
      ? `Nothing starts roles on this machine by itself: ${colors.bold('rota schedule install')}`
      : `${installed.for.join(', ')} on this machine, installed ${ago(installed.since)}`;
  if (roles.length === 0) return [head, 'No role is scheduled.'];
  const table = formatTable(
    roles,
    [
      { head: 'ROLE', cell: ({ role }) => plainText(role) },
      { head: 'HOW OFTEN', cell: ({ pace }) => pace },
      { head: 'LAST', cell: ({ last }) => ago(last) },
      {
        head: 'OUTCOME',
        cell: ({ outcome, task }) => plainText([outcome, task].filter((part) => part !== null).join(' ')),
      },
      {
        head: '',
        cell: ({ overdue }) => (overdue ? 'overdue' : ''),
        paint: (text) => colors.red(text),
      },
    ],
    { width: terminal ? width : null, paintHead: colors.bold },
  );
  return [head, ...table];
}
