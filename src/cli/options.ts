import { RotaError } from '../errors.ts';
import type { Options } from './command-spec.ts';

/** An option's text; null when it was not given. */
export function textOption(options: Options, name: string): string | null {
  const value = options[name];
  return typeof value === 'string' ? value : null;
}

/** An option given any number of times, each also as a comma list. */
export function listOption(options: Options, name: string): string[] {
  const value = options[name];
  const given = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
  return given
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** Whether a flag was given. */
export function flagOption(options: Options, name: string): boolean {
  return options[name] === true;
}

/**
 * An option that must be one of `known`, in any case.
 *
 * @throws RotaError `usage` that names what is known
 */
export function choiceOption<T extends string>(
  options: Options,
  name: string,
  known: readonly T[],
): T | null {
  const text = textOption(options, name);
  if (text === null) return null;
  const found = known.find((one) => one === text.toLowerCase());
  if (found === undefined) {
    throw new RotaError('usage', `--${name} ${text} is not known.`, `Known are: ${known.join(', ')}.`);
  }
  return found;
}
