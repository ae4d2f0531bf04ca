import type { TestCase } from './test-report.ts';

/**
 * Whether a failure is an assertion: the test ran to something that it expects, and that is not so. Everything that is
 * not recognised is an error: a test that cannot load must never pass for one that proves a bug.
 *
 * @param told what the report says: a type of error where it has one, the message, and the text with the stack
 */
export function failureKind(told: {
  readonly type?: string | undefined;
  readonly message: string;
  readonly text?: string | undefined;
}): NonNullable<TestCase['failure']>['kind'] {
  const type = (told.type ?? '').trim();
  if (ASSERTION_TYPE.test(type)) return 'assertion';
  if (OTHER_ERROR.test(type)) return 'error';
  const message = told.message.trim();
  if (isAssertion(message)) return 'assertion';
  if (OTHER_ERROR.test(message) || NOT_LOADED.test(firstLine(message))) return 'error';
  return isAssertionText(told.text ?? '') ? 'assertion' : 'error';
}

/** `AssertionError`, `java.lang.AssertionError`, `org.opentest4j.AssertionFailedError`, `JestAssertionError`. */
const ASSERTION_TYPE =
  /^(?:[\w$]+[.:\\]+)*\w*(?:AssertionError|AssertionFailedError|AssertionFailed|ComparisonFailure|MultipleFailuresError|ExpectationNotMetError|ExpectationFailedException)$/;

/** A named error, at the start of a message or as a type: `TypeError`, `java.lang.NullPointerException: …`. */
const OTHER_ERROR = /^(?:Uncaught )?(?:[\w$]+[.:\\]+)*[A-Z]\w*(?:Error|Exception)\b/;

const ASSERTION_MESSAGE = [
  /^(?:Uncaught )?(?:[\w$]+[.:\\]+)*\w*(?:AssertionError|AssertionFailedError|ComparisonFailure)\b/,
  // jest: `Error: expect(received).toBe(expected)`, `expect.assertions(2)`; also with a person's words before it.
  /^(?:Error: )?expect(?:\(|\.(?:assertions|hasAssertions)\()/,
  // jest's words for node's assert.
  /^(?:Error: )?assert(?:\.\w+)?\(/,
  // vitest says nothing more about a snapshot.
  /^(?:Error: )?Snapshot `[^`]*` mismatched/,
  // pytest's rewritten assert, and pytest.raises.
  /^assert\s/,
  /^Failed: DID NOT (?:RAISE|WARN)\b/,
];

/** What a runner says when it could not even start. */
const NOT_LOADED =
  /Cannot find (?:module|package)|Failed to (?:load|parse|resolve)|No test suite found|Test suite failed to run|Your test suite must contain|collection failure|No module named|cannot import name|\[(?:build|setup) failed\]|Build error|timed? ?out/i;

function isAssertion(message: string): boolean {
  return ASSERTION_MESSAGE.some((pattern) => pattern.test(message));
}

/** What the text says where neither type nor message does. */
function isAssertionText(text: string): boolean {
  const cause = /\bcause: ([^\n]{1,300})/.exec(text)?.[1];
  // node:test hides what was thrown behind an error of its own.
  if (cause !== undefined) return isAssertion(cause);
  if (isAssertion(text.trim())) return true;
  return GO_FAILURE.test(text) && !GO_CRASH.test(text);
}

/** go: a line of the test's own words (`a_test.go:10: got 1`); a crash has other ones. */
const GO_FAILURE = /^[^\S\n]*\w[\w.-]*_test\.go:\d+: \S/m;
const GO_CRASH = /^[^\S\n]*(?:panic:|fatal error:|goroutine \d+ \[|FAIL\t.*\[(?:build|setup) failed\])/m;

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
