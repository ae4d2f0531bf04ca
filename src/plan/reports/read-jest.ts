import { failureKind } from './failure-kind.ts';
import {
  failureMessage,
  MOST_TESTS,
  type ReportPlace,
  secondsOf,
  TOO_MANY,
  testFile,
  testName,
} from './report-text.ts';
import type { TestCase, TestReport } from './test-report.ts';

/** The JSON of `vitest --reporter=json` and `jest --json`: one shape. */
export function readJest(text: string, place: ReportPlace): TestReport | { readonly problem: string } {
  let root: unknown;
  try {
    root = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    return { problem: `it is no complete JSON: ${(error as Error).message.slice(0, 200)}` };
  }
  const files = isFields(root) ? root['testResults'] : undefined;
  if (!Array.isArray(files))
    return { problem: 'it is JSON, but no report of vitest or jest: there is no list `testResults`' };
  const told = files.filter(isFields);
  const counted = told.reduce((sum, file) => sum + 1 + listed(file).length, 0);
  if (counted > MOST_TESTS) return TOO_MANY;
  return { tests: told.flatMap((file) => testsOfFile(file, place)) };
}

type Fields = Readonly<Record<string, unknown>>;

function testsOfFile(told: Fields, place: ReportPlace): TestCase[] {
  const path = text(told['name']) || text(told['testFilePath']);
  const file = testFile(path, place);
  const tests = listed(told)
    .filter(isFields)
    .map((one) => testOf(one, file, place));
  // Not one of its tests failed and the file did: it cannot load, has no tests, or a hook of it failed.
  const failed = text(told['status']) === 'failed' && !tests.some(({ state }) => state === 'failed');
  if (!failed) return tests;
  const message = failureMessage(text(told['message'])) || 'the file failed outside of its tests';
  const name = testName([path || 'a file'], place);
  return [...tests, { name, file, state: 'failed', failure: { kind: 'error', message }, seconds: null }];
}

function listed(file: Fields): unknown[] {
  const found = file['assertionResults'] ?? file['testResults'];
  return Array.isArray(found) ? found : [];
}

function testOf(told: Fields, file: string | null, place: ReportPlace): TestCase {
  const suites = Array.isArray(told['ancestorTitles']) ? told['ancestorTitles'].map(text) : [];
  const title = text(told['title']);
  const state = stateOf(text(told['status']));
  return {
    name: testName(title === '' ? [text(told['fullName'])] : [...suites, title], place),
    file,
    state,
    failure: state === 'failed' ? failureOf(told['failureMessages']) : null,
    seconds: secondsOf(told['duration'], 'ms'),
  };
}

function stateOf(status: string): TestCase['state'] {
  if (status === 'passed') return 'passed';
  return NOT_RUN.has(status) ? 'skipped' : 'failed';
}

const NOT_RUN: ReadonlySet<string> = new Set(['skipped', 'pending', 'todo', 'disabled', 'focused']);

/** Several things may have gone wrong in one test: it is an assertion only if each is one. */
function failureOf(messages: unknown): NonNullable<TestCase['failure']> {
  const texts = (Array.isArray(messages) ? messages : []).map((one) => failureMessage(text(one)));
  const all = texts.length > 0 && texts.every((message) => failureKind({ message }) === 'assertion');
  return { kind: all ? 'assertion' : 'error', message: texts.join('\n') || 'no message' };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
