import { RotaError } from '../errors.ts';
import type { Options } from './command-spec.ts';

/** An option's text, the last one if it was given several times; null when it was not given. */
export function textOption(options: Options, name: string): string | null {
  return manyOption(options, name).at(-1) ?? null;
}

/** An option given any number of times, each as it is. */
export function manyOption(options: Options, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
}

/** An option given any number of times, each also as a comma list; commas in braces (`{a,b}`) do not count. */
export function listOption(options: Options, name: string): string[] {
  return manyOption(options, name).flatMap(splitList);
}

/** The parts of a comma list. */
export function splitList(text: string): string[] {
  const parts = text.split(/,(?![^{}]*\})/);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
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
