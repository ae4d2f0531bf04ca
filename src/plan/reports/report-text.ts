import { plainLines, plainText } from '../../task/text.ts';

/** A report with more tests than this is not taken: a flood, or nothing that a runner wrote. */
export const MOST_TESTS = 250_000;
export const TOO_MANY = { problem: `it has more than ${MOST_TESTS} tests` } as const;

const MOST_NAME = 500;
const MOST_MESSAGE = 4000;

/** What is the same for every test of one report. */
export interface ReportPlace {
  /** Where the tests ran: left out of names and files, because it differs from gate to gate. Null: not known. */
  readonly checkout: string | null;
}

/** The full name of a test on one line: suites and test, without what is empty. */
export function testName(parts: readonly string[], place: ReportPlace): string {
  const name = parts
    .map((part) => oneLine(withoutCheckout(part.slice(0, 4 * MOST_NAME), place)))
    .filter((part) => part !== '')
    .join(' > ');
  return cut(name, MOST_NAME) || '(without a name)';
}

/** A path of a report, relative to the checkout; null: there is none, or it is somewhere else. */
export function testFile(path: string | null | undefined, { checkout }: ReportPlace): string | null {
  const text = path ?? '';
  if (text === '' || text.length > 4096) return null;
  const slashed = decodeUrl(text)
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '');
  if (checkout !== null && slashed.startsWith(`${checkout}/`)) return slashed.slice(checkout.length + 1);
  return slashed.startsWith('/') || /^[A-Za-z]:\//.test(slashed) || slashed.split('/').includes('..')
    ? null
    : slashed;
}

/** What a runner said about a failure, as bounded plain text. */
export function failureMessage(text: string): string {
  return cut(plainLines(text.slice(0, 4 * MOST_MESSAGE)).trim(), MOST_MESSAGE);
}

/** Seconds; null for what is no sensible time. */
export function secondsOf(value: unknown, unit: 's' | 'ms'): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value.replaceAll(',', '')) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return null;
  return unit === 's' ? number : number / 1000;
}

/** Whether text looks like the path of a file with tests, not like a package, a class or a sentence. */
export function looksLikeTestFile(text: string): boolean {
  return /^\S(?:[^\n]*\S)?\.(?:[cm]?[jt]sx?|py|rb|php|vue|svelte|exs?)$/.test(text) && text.length < 1024;
}

function withoutCheckout(text: string, { checkout }: ReportPlace): string {
  return checkout === null ? text : text.replaceAll(`file://${checkout}/`, '').replaceAll(`${checkout}/`, '');
}

function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

function decodeUrl(text: string): string {
  return text.startsWith('file://') ? text.slice('file://'.length) : text;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${[...text].slice(0, length - 1).join('')}…`;
}
