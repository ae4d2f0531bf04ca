/**
 * Whether the text names a file or folder inside the repository: relative, `/` separated, without `.`, `..`, empty or
 * `.git` parts, control characters or backslashes. One `/` at the end is fine.
 */
export function isInnerPath(text: string): boolean {
  if (text === '' || UNSAFE.test(text) || /^[A-Za-z]:/.test(text)) return false;
  return text.replace(/\/$/, '').split('/').every(isInnerPart);
}

/** The same for a glob, which may begin with `!`. */
export function isInnerGlob(text: string): boolean {
  return isInnerPath(text.replace(/^!/, ''));
}

const UNSAFE = /[\u0000-\u001f\u007f-\u009f\\]/;

function isInnerPart(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git';
}
