/**
 * Why a program was not started by what isolates it, as an error code; null: it was, as far as its output says. Only where these words are
 * all that was written: a program that has run may write anything.
 *
 * @param output of what was started, with its end
 */
export function notStartedInside(output: string): 'ENOENT' | 'EACCES' | null {
  const text = output.trim();
  if (!BWRAP.test(text) && !CONTAINER.test(text)) return null;
  return /permission denied/i.test(text) ? 'EACCES' : 'ENOENT';
}

const BWRAP = /^bwrap: execvp [^\n]+: (?:No such file or directory|Permission denied)$/;
const CONTAINER =
  /^(?:Error|docker): [^\n]*(?:executable file [^\n]*not found in \$PATH|no such file or directory|permission denied)[^\n]*(?:\n+Run 'docker[^\n]*)?$/i;
