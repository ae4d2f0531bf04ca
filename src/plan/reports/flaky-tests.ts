import { plainText } from '../../task/text.ts';
import type { TestReport } from './test-report.ts';

/**
 * Tests that failed in a first run and passed in a second one of the same tree: what they say is no news about the code.
 *
 * @returns their full names, each once
 */
export function flakyTests(first: TestReport, second: TestReport): string[] {
  const failed = new Map<string, Set<string | null>>();
  for (const { name, file, state } of first.tests) {
    if (state === 'failed') failed.set(name, (failed.get(name) ?? new Set()).add(file));
  }
  const again = new Set(second.tests.filter(({ state }) => state === 'failed').map(({ name }) => name));
  const passed = second.tests.filter(({ name, file, state }) => {
    const files = failed.get(name);
    if (state !== 'passed' || files === undefined) return false;
    return files.has(file) || files.has(null) || file === null;
  });
  return [...new Set(passed.map(({ name }) => name))].filter((name) => !again.has(name));
}

const MOST = 180;

/** A test or a command as logs and trailers name it: always the same, so that it can be counted. */
export function flakyName(name: string): string {
  const line = plainText(name).replace(/\s+/g, ' ').replaceAll('|', '/').trim();
  return line.length <= MOST ? line : `${[...line].slice(0, MOST - 1).join('')}…`;
}
