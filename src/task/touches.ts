import { hasUnsafeText } from './text.ts';

/** What is wrong with a glob of `touches`, or null. They are relative to the repository's root and stay inside it. */
export function touchesProblem(glob: string): string | null {
  if (glob.trim() === '') return 'has an empty glob';
  if (hasUnsafeText(glob)) return 'holds control characters; take them out';
  if (glob.length > 300) return 'has a glob of more than 300 characters';
  if (glob.startsWith('/') || /^[A-Za-z]:[\\/]/.test(glob)) {
    return `must be relative to the repository's root; '${glob}' is absolute`;
  }
  if (glob.includes('\\')) return `is separated by /, not \\: '${glob}'`;
  if (glob.startsWith('!')) return `only says what the task touches; '${glob}' excludes`;
  if (/(?:^|[/{,])\.\.(?:[/},]|$)/.test(glob)) return `must stay inside the repository; '${glob}' has ..`;
  return null;
}
