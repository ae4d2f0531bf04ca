import type { Problem } from '../../errors.ts';
import { plainText } from '../../task/text.ts';
import type { Colors } from '../output.ts';

/** Problems one a line, as editors and terminals make them clickable: `file:line: message [rule]`. */
export function problemLines(problems: readonly Problem[], colors: Colors): string[] {
  return problems.map(({ file, line, rule, message }) => {
    const place = colors.bold(`${plainText(file)}:${line}:`);
    return `${place} ${plainText(message)} ${colors.dim(`[${rule}]`)}`;
  });
}
