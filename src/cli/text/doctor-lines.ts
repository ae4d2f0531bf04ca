import type { Finding } from '../../run/doctor/finding.ts';
import { plainText } from '../../task/text.ts';
import type { Colors, Output } from '../output.ts';
import { wrapWords } from './wrap-words.ts';

const AREA_WIDTH = 12;

/** A line for each finding, what to do about it below, and the sum. */
export function doctorLines(findings: readonly Finding[], { colors, width, terminal }: Output): string[] {
  const room = terminal ? Math.max(30, width - AREA_WIDTH - 3) : 1000;
  const lines = findings.flatMap(({ area, state, says, mend }) => {
    const [first = '', ...rest] = wrapWords(plainText(says), room);
    const more = [...rest, ...(mend === null ? [] : wrapWords(`→ ${plainText(mend)}`, room))];
    return [
      `${mark(state, colors)} ${area.padEnd(AREA_WIDTH)}${first}`,
      ...more.map((line) => `  ${' '.repeat(AREA_WIDTH)}${line}`),
    ];
  });
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  return [...lines, '', sum(count('bad'), count('warning'), colors)];
}

function mark(state: Finding['state'], colors: Colors): string {
  if (state === 'good') return colors.green('✔');
  return state === 'bad' ? colors.red('✖') : colors.yellow('!');
}

function sum(bad: number, warnings: number, colors: Colors): string {
  const notes = warnings === 0 ? '' : `, ${warnings} to know about`;
  if (bad === 0) return colors.green(`Ready to run${notes}.`);
  return colors.red(`${bad} to mend before roles can run${notes}.`);
}
