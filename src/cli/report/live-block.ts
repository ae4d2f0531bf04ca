import { displayWidth } from '../text/display-width.ts';

/** Lines at the bottom of a terminal that are drawn over again and again, with what is printed above them. */
export interface LiveBlock {
  /** A line that stays. */
  print(line: string): void;
  /** Other lines at the bottom. */
  show(lines: readonly string[]): void;
  /** Takes the bottom lines away. */
  end(): void;
}

/**
 * @param width of the terminal now: a window that became narrower has wrapped the lines that were drawn before
 * @param paint for the bottom lines
 */
export function liveBlock(
  write: (text: string) => void,
  width: () => number,
  paint: (line: string) => string,
): LiveBlock {
  let drawn: readonly string[] = [];
  let seenWidth = width();

  /** Back to the first row of what was drawn, and nothing below it. */
  const clear = (): string => {
    if (drawn.length === 0) return '';
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / width())), 0);
    return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ''}\u001b[J`;
  };
  const draw = (lines: readonly string[]) => lines.map(paint).join('\n');

  return {
    print: (line) => write(`${clear()}${line}\n${draw(drawn)}`),
    show: (lines) => {
      // Nothing is written while nothing changes: a terminal in the background costs nothing then.
      const same = lines.length === drawn.length && lines.every((line, at) => line === drawn[at]);
      if (same && width() === seenWidth) return;
      const before = clear();
      drawn = lines;
      seenWidth = width();
      write(`${before}${draw(lines)}`);
    },
    end: () => {
      write(clear());
      drawn = [];
    },
  };
}
