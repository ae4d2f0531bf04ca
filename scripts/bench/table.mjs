/** The middle one of some values. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

export function ms(value) {
  return `${value.toFixed(0)} ms`;
}

export function range(values) {
  return `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;
}

export function met(yes) {
  return yes ? 'yes' : 'no';
}

/** Rows as a markdown table. */
export function markdown(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
