/**
 * The trailers of a commit message, as git would read them: only those of the last paragraph, and only if all of it is
 * trailers. A key may be there several times (`Gate`). Empty: the commit is no landing.
 */
export function readTrailers(message: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const paragraphs = message
    .replace(/\r\n/g, '\n')
    .trim()
    .split(/\n{2,}/);
  if (paragraphs.length < 2) return found;
  for (const line of paragraphs.at(-1)!.split('\n')) {
    const match = /^([A-Za-z][A-Za-z0-9-]*): (.+)$/.exec(line);
    if (match === null) return new Map();
    found.set(match[1]!, [...(found.get(match[1]!) ?? []), match[2]!]);
  }
  return found;
}
