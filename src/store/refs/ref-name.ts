/**
 * Whether the text is a full ref name, by the rules of `git check-ref-format`. What is read from a file and becomes part of a
 * path or of a git call goes through here: a ref name has no `..` and leads nowhere else.
 */
export function isRefName(text: unknown): text is string {
  if (typeof text !== 'string' || !text.startsWith('refs/') || text.length > 1_000) return false;
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\.$/.test(text)) return false;
  return text.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
