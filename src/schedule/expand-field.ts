/** What one field of a cron expression can be. */
export interface FieldRange {
  readonly least: number;
  readonly most: number;
  /** Names for values from `least` on: jan, feb, … */
  readonly names?: readonly string[];
}

export const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The values that a field of a cron expression names, in order; null: every one, or what this cannot read (`L`, `W`, `#`). */
export function expandField(field: string, range: FieldRange): number[] | null {
  if (field === '*' || field === '?') return null;
  const values = new Set<number>();
  for (const part of field.toLowerCase().split(',')) {
    const found = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/.exec(part);
    if (found === null) return null;
    const [, first = '', last, step] = found;
    const from = first === '*' ? range.least : numberOf(first, range);
    // `5/10` is `5-59/10`.
    const to =
      last !== undefined ? numberOf(last, range) : first === '*' || step !== undefined ? range.most : from;
    if (from === null || to === null || from > to) return null;
    for (let value = from; value <= to; value += Math.max(1, Number(step ?? 1))) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function numberOf(text: string, { least, most, names = [] }: FieldRange): number | null {
  const named = names.indexOf(text);
  const value = named >= 0 ? named + least : Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : null;
}
