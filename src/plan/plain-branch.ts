/** Whether a short branch name from elsewhere may be given to git: printable ASCII, and what `git check-ref-format` allows. */
export function isPlainBranch(text: string): boolean {
  if (text.length > 250 || /[^\x21-\x7e]|[~^:?*[\\]|\.\.|@\{|\.$|^-/.test(text)) return false;
  return text.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
