import type { ProofFile } from './proof-files.ts';

/**
 * The names of the tests in these files, for runners whose reports say no file and that run more than they were asked for
 * (go runs packages). Null where the language does not tell: then every test of the report may be the branch's.
 */
export function declaredTests(files: readonly ProofFile[]): ReadonlySet<string> | null {
  const names = files.map(namesIn);
  if (names.some((found) => found === null)) return null;
  return new Set(names.flatMap((found) => found ?? []));
}

function namesIn({ path, text }: ProofFile): string[] | null {
  if (text === null) return null;
  if (path.endsWith('.go'))
    return matches(text, /^func\s+((?:Test|Fuzz|Example)\w*)\s*\(|^func\s+\([^)\n]*\)\s+(Test\w*)\s*\(/gm);
  if (path.endsWith('.py')) return matches(text, /^[^\S\n]*(?:async\s+)?def\s+(test\w*)\s*\(/gm);
  return null;
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '');
}
