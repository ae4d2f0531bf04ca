import { RotaError } from '../errors.ts';
import { plainLines } from '../task/text.ts';
import type { Output } from './output.ts';

/** Exit code of a bug in rota itself (EX_SOFTWARE of sysexits.h), so that scripts tell it from every expected failure. */
const BUG = 70;

/** Shows a failure to the person and as a document, and returns the exit code. */
export function renderError(error: unknown, output: Output): number {
  if (error instanceof RotaError) {
    const { code, message, hint } = error;
    if (output.json) output.document({ error: { code, message, hint } });
    output.note(`${output.errorColors.red('rota:')} ${indented(message)}`);
    if (hint !== null) output.note(`      ${output.errorColors.dim(indented(hint))}`);
    return error.exit;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (output.json) output.document({ error: { code: 'bug', message: text, hint: null } });
  output.note(plainLines(text));
  output.note(output.errorColors.red('rota: this is a bug in rota. Please report the lines above.'));
  return BUG;
}

/** Messages may quote file names, git and agents: made harmless, further lines under the first. */
function indented(text: string): string {
  return plainLines(text).replaceAll('\n', '\n      ');
}
