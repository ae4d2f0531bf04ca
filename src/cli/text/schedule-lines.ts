import type { RoleSchedule } from '../../run/schedule/schedule-status.ts';
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
  roles: readonly RoleSchedule[],
  { colors, terminal, width }: Output,
  now: Date,
): string[] {
  if (roles.length === 0) return ['No role is scheduled.'];
  const ago = (time: string | null) => (time === null ? 'never' : `${formatSince(time, now) ?? '?'} ago`);
  return formatTable(
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
}
