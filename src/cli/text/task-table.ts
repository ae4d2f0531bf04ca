import { plainText } from '../../task/text.ts';
import type { ShownStatus } from '../documents/shown-status.ts';
import type { TaskRow } from '../documents/task-rows.ts';
import type { Colors, Output } from '../output.ts';
import { type Column, formatTable } from './table.ts';

/** The lines of `rota list`. */
export function taskTable(rows: readonly TaskRow[], output: Output): string[] {
  const { colors } = output;
  const columns: Column<TaskRow>[] = [
    { head: 'ID', cell: ({ document }) => plainText(document.id ?? '?'), paint: colors.bold },
    {
      head: 'STATUS',
      cell: ({ shown }) => shown,
      paint: (text, { shown }) => paintStatus(text, shown, colors),
    },
    { head: 'PRIORITY', cell: ({ document }) => document.priority ?? '', paint: paintPriority(colors) },
    { head: 'TYPE', cell: ({ document }) => document.type ?? '', paint: colors.dim },
    { head: 'WHO', cell: whoOf },
    { head: 'TITLE', cell: titleOf, grows: true },
  ];
  const width = output.terminal ? output.width : null;
  return formatTable(rows, columns, { width, paintHead: colors.dim });
}

/** A status in its colour. */
export function paintStatus(text: string, status: ShownStatus, colors: Colors): string {
  switch (status) {
    case 'ready':
    case 'returned':
      return colors.green(text);
    case 'progress':
    case 'review':
    case 'locked':
      return colors.cyan(text);
    case 'waiting':
    case 'held':
      return colors.yellow(text);
    case 'blocked':
    case 'malformed':
    case 'dead':
      return colors.red(text);
    case 'draft':
    case 'done':
    case 'dropped':
      return colors.dim(text);
    default:
      return status satisfies never;
  }
}

function paintPriority(colors: Colors): (text: string, row: TaskRow) => string {
  return (text, { document }) => (document.priority === 'high' ? colors.yellow(text) : text);
}

/** The lock's holder, else the number of its open request, else the role that the task names. */
function whoOf({ shown, document: { lock, role, pr } }: TaskRow): string {
  const open = shown === 'review' || shown === 'returned' ? /\/(\d+)$/.exec(pr ?? '')?.[1] : undefined;
  const who = lock !== null ? (lock.role ?? lock.by) : open !== undefined ? `#${open}` : role;
  return plainText(who ?? '');
}

function titleOf({ document }: TaskRow): string {
  return plainText(
    document.title ?? `${document.file}: ${document.problems[0]?.message ?? 'cannot be read'}`,
  );
}
