import type { TestCase, TestReport } from './test-report.ts';

/** A command's end beside its report: it passed only if both say so. */
export interface ReportVerdict {
  readonly passed: boolean;
  /** How many tests ran; null: nobody knows. */
  readonly tests: number | null;
  /** Why it failed, on one line; null when it passed. */
  readonly detail: string | null;
}

const NAMED = 5;

/**
 * Holds what a command says by its exit code against what its report says. No report, a report without a test that ran,
 * and two answers that contradict each other are red.
 *
 * @param problem in a report's place: why there is none, as a sentence without its end
 */
export function judgeReport(
  end: { readonly passed: boolean; readonly how: string },
  report: TestReport | { readonly problem: string },
): ReportVerdict {
  if ('problem' in report) return { passed: false, tests: null, detail: `${end.how}; ${report.problem}` };
  const ran = ranTests(report);
  const skipped = report.tests.length - ran.length;
  if (ran.length === 0) {
    const only = skipped === 0 ? '' : `: ${countOf(skipped, 'is', 'are')} skipped`;
    return { passed: false, tests: 0, detail: `${end.how}, and its report says that no test ran${only}` };
  }
  const failed = ran.filter(({ state }) => state === 'failed');
  const tests = ran.length;
  if (failed.length > 0) {
    const names = namesOf(failed);
    const detail = end.passed
      ? `${end.how}, but its report has ${countOf(failed.length, 'failed test', 'failed tests')}: ${names}`
      : `${end.how}: ${failed.length} of ${countOf(tests, 'test', 'tests')} failed: ${names}`;
    return { passed: false, tests, detail };
  }
  if (!end.passed) {
    const detail = `${end.how}, though its report says that ${allOf(tests)} passed: something else failed, or the report is not true`;
    return { passed: false, tests, detail };
  }
  return { passed: true, tests, detail: null };
}

/** Those that were not skipped. */
function ranTests(report: TestReport): TestCase[] {
  return report.tests.filter(({ state }) => state !== 'skipped');
}

/** Names of tests on one line: some, and how many more. */
export function namesOf(tests: readonly { readonly name: string }[], most = NAMED): string {
  const shown = tests.slice(0, most).map(({ name }) => name);
  const more = tests.length - shown.length;
  return more > 0 ? `${shown.join('; ')}; and ${more} more` : shown.join('; ');
}

function countOf(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

function allOf(tests: number): string {
  return tests === 1 ? 'its test' : `all ${tests} tests`;
}
