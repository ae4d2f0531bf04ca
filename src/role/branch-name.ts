/**
 * Whether the text is a short branch name that git takes, and one that main may have: not `HEAD`, not a full ref name,
 * not below `ai/`, where the branches of runs are. The rules are those of `git check-ref-format --branch`.
 */
export function isBranchName(text: string): boolean {
  if (text === '' || text.length > 200 || text === 'HEAD' || text === '@') return false;
  if (text.startsWith('-') || text.startsWith('refs/') || text.startsWith('ai/') || text === 'ai')
    return false;
  if (/[\u0000-\u0020\u007f-\u009f~^:?*[\\]|\.\.|@\{|\.$/.test(text)) return false;
  return text.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
