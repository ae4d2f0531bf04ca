import { cutToWidth, displayWidth } from './display-width.ts';

/** One column. Cells are plain text (no escape sequences): colour is put on after the widths are known. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  readonly paint?: (text: string, row: Row) => string;
  readonly align?: 'left' | 'right';
  /** Takes what the others leave; cut when there is not enough. At most one; without one the last grows. */
  readonly grows?: boolean;
}

export interface TableStyle {
  /** Columns of the terminal; null: nothing is cut. */
  readonly width: number | null;
  readonly paintHead: (text: string) => string;
}

const GAP = 2;
const LEAST = 12;

/** Rows as aligned lines under a head. Columns in which every cell is empty are left out. */
export function formatTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: TableStyle,
): string[] {
  const shown = columns
    .map((column) => ({ column, cells: rows.map(column.cell) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const widths = shown.map(({ column, cells }) =>
    cells.reduce((most, cell) => Math.max(most, displayWidth(cell)), displayWidth(column.head)),
  );
  fit(widths, growing(shown.map(({ column }) => column)), style.width);
  const line = (cells: readonly string[], paint: (text: string, index: number) => string) =>
    cells
      .map((cell, index) => {
        const cut = style.width === null ? cell : cutToWidth(cell, widths[index]!);
        return padded(
          paint(cut, index),
          widths[index]! - displayWidth(cut),
          shown[index]!.column,
          index === cells.length - 1,
        );
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const head = line(
    shown.map(({ column }) => column.head),
    (text) => style.paintHead(text),
  );
  return [
    head,
    ...rows.map((row, at) =>
      line(
        shown.map(({ cells }) => cells[at]!),
        (text, index) => shown[index]!.column.paint?.(text, row) ?? text,
      ),
    ),
  ];
}

function growing<Row>(columns: readonly Column<Row>[]): number {
  const found = columns.findIndex((column) => column.grows === true);
  return found === -1 ? columns.length - 1 : found;
}

/** Takes what is too much from the growing column. */
function fit(widths: number[], at: number, width: number | null): void {
  if (width === null || widths.length === 0) return;
  const total = widths.reduce((sum, one) => sum + one, 0) + GAP * (widths.length - 1);
  if (total > width) widths[at] = Math.max(LEAST, widths[at]! - (total - width));
}

function padded<Row>(text: string, missing: number, column: Column<Row>, last: boolean): string {
  const spaces = ' '.repeat(Math.max(0, missing));
  if (column.align === 'right') return spaces + text;
  return last ? text : text + spaces;
}
