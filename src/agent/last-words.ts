/** The end of what an agent said, bounded; untrusted. */
export interface LastWords {
  add(line: string): void;
  text(): string;
}

/** @param most characters that are kept; of one line a quarter of that */
export function lastWords(most: number): LastWords {
  const longest = most / 4;
  const lines: string[] = [];
  let size = 0;
  return {
    add: (line) => {
      const kept = line.length > longest ? `${line.slice(0, longest)}…` : line;
      lines.push(kept);
      size += kept.length + 1;
      while (size > most) size -= lines.shift()!.length + 1;
    },
    text: () => lines.join('\n'),
  };
}
