import { readGo } from './read-go.ts';
import { readJest } from './read-jest.ts';
import { readJunit } from './read-junit.ts';
import { readTap } from './read-tap.ts';
import type { ReportFormat } from './report-format.ts';
import type { TestReport } from './test-report.ts';

/** Bytes; a report that is larger is not read. */
export const MOST_REPORT = 16 * 1024 * 1024;

/**
 * Reads what a test runner wrote. Never throws and never runs anything: what cannot be read is a problem, in words that
 * go on after "the report": `it is no complete XML: …`.
 *
 * @param checkout where the tests ran; taken out of names and files. Null: not known
 */
export async function readReport(
  bytes: Buffer,
  format: ReportFormat,
  checkout: string | null = null,
): Promise<TestReport | { readonly problem: string }> {
  if (bytes.length > MOST_REPORT) return { problem: tooLarge(bytes.length) };
  if (bytes.includes(0)) return { problem: 'it is no text in UTF-8' };
  const text = bytes.toString('utf8');
  if (text.trim() === '') return { problem: 'it is empty' };
  const place = { checkout };
  switch (format) {
    case 'junit':
      return readJunit(text, place);
    case 'vitest':
    case 'jest':
      return readJest(text, place);
    case 'tap':
      return readTap(text, place);
    case 'go':
      return readGo(text, place);
    default:
      return format satisfies never;
  }
}

/** Said before it is read, too. */
export function tooLarge(bytes: number): string {
  const size = (bytes / 1024 / 1024).toFixed(0);
  return `it has ${size} MiB; a report of more than ${MOST_REPORT / 1024 / 1024} MiB is not read`;
}
