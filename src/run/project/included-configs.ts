import { dirname, isAbsolute, join } from 'node:path';

/**
 * The files that a git config includes, under whatever condition: a change of theirs is a change of the settings. In the order of
 * the text, which need not be a config at all.
 *
 * @param path of the config itself, absolute
 * @param home the person's HOME
 */
export function includedConfigs(text: string, path: string, home: string): string[] {
  const found: string[] = [];
  let including = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"(?:[^"\\]|\\.)*")?\s*\]/.exec(line);
    if (section !== null) including = /^include(?:if)?$/i.test(section[1] ?? '');
    const rest = section === null ? line : line.slice(section[0].length);
    const value = including ? /^\s*path\s*=\s*(.*)$/i.exec(rest)?.[1] : undefined;
    const named = value === undefined ? '' : plainValue(value);
    if (named === '') continue;
    if (isAbsolute(named)) found.push(named);
    else found.push(named.startsWith('~/') ? join(home, named.slice(2)) : join(dirname(path), named));
  }
  return found;
}

/** Quotes, escapes and comments go, as git reads a value. */
function plainValue(value: string): string {
  let plain = '';
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const letter = value[at]!;
    if (letter === '\\') plain += value[++at] ?? '';
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && (letter === '#' || letter === ';')) break;
    else plain += letter;
  }
  return plain.trim();
}
