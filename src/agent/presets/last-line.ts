/** The last line that says anything. */
export function lastLineOf(words: string): string {
  return words.trimEnd().split('\n').at(-1)!.trim();
}
