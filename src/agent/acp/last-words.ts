/** The end of what an agent said, bounded; untrusted. */
export interface LastWords {
  add(line: string): void;
  text(): string;
}

const MOST = 32 * 1024;
const LONGEST_LINE = 4 * 1024;

export function lastWords(): LastWords {
  const lines: string[] = [];
  let size = 0;
  return {
    add: (line) => {
      const kept = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
      lines.push(kept);
      size += kept.length + 1;
      while (size > MOST) size -= lines.shift()!.length + 1;
    },
    text: () => lines.join('\n'),
  };
}
