/** One test of a report, or something of the runner's that failed and is no test: a file that cannot load. */
export interface TestCase {
  /** The full name: suites and test, joined with ` > `. */
  readonly name: string;
  /** Where the test is, relative to the checkout; null if the report does not say it. */
  readonly file: string | null;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it failed; null unless it failed. What is not recognised as an assertion is an error. */
  readonly failure: TestFailure | null;
  readonly seconds: number | null;
}

/** `assertion`: the test ran and what it expects is not so. `error`: anything else, loading included. */
interface TestFailure {
  readonly kind: 'assertion' | 'error';
  readonly message: string;
}

/**
 * What a test runner wrote about its tests. Errors that are no test (a file that cannot load, a hook) are
 * tests in state `failed` with a failure of kind `error`.
 */
export interface TestReport {
  readonly tests: readonly TestCase[];
}
