import { RotaError } from '../errors.ts';
import { plainText } from '../task/text.ts';
import type { YamlValue } from '../task/yaml.ts';
import { splitList } from './options.ts';

const LISTS: ReadonlySet<string> = new Set(['depends', 'touches']);
/** Who a task is, and who has it: not a matter of one key. */
const REFUSED: Readonly<Record<string, string>> = {
  id: 'Other tasks name it. Add a new task, and drop this one: status=dropped',
  lock: 'rota lock and rota unlock do that.',
};

/**
 * `key=value` words as changes of a front-matter; an empty value removes the key.
 *
 * @throws RotaError `usage` for a word without `=`, and for keys that are not set this way
 */
export function parseKeyValues(words: readonly string[]): Record<string, YamlValue | undefined> {
  const changes: Record<string, YamlValue | undefined> = {};
  for (const word of words) {
    const match = /^([A-Za-z][\w-]*)=(.*)$/s.exec(word);
    if (match === null)
      throw new RotaError(
        'usage',
        `'${plainText(word)}' is not key=value.`,
        'For example: rota edit A32 status=ready',
      );
    const key = match[1]!.toLowerCase();
    const refusal = REFUSED[key];
    if (refusal !== undefined)
      throw new RotaError('usage', `'${key}' cannot be set with rota edit.`, refusal);
    changes[key] = readValue(key, match[2]!.trim());
  }
  return changes;
}

function readValue(key: string, text: string): YamlValue | undefined {
  if (text === '') return undefined;
  if (LISTS.has(key)) return splitList(text.replace(/^\[(.*)\]$/s, '$1'));
  if (key === 'order' && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  return text;
}
