import { failureKind } from './failure-kind.ts';
import {
  failureMessage,
  looksLikeTestFile,
  MOST_TESTS,
  type ReportPlace,
  secondsOf,
  TOO_MANY,
  testFile,
  testName,
} from './report-text.ts';
import type { TestCase, TestReport } from './test-report.ts';

/**
 * JUnit XML as vitest, jest-junit, node:test, pytest, go-junit-report, gotestsum and surefire write it. Entities are never
 * expanded and a DOCTYPE is refused: nothing in a report can make it larger than it is.
 */
export async function readJunit(
  text: string,
  place: ReportPlace,
): Promise<TestReport | { readonly problem: string }> {
  if (hasDoctype(text)) return { problem: 'it has a DOCTYPE, which no test runner writes; it is not read' };
  const { XMLParser, XMLValidator } = await import('fast-xml-parser');
  try {
    // The parser by itself takes a file that was cut off for a whole one.
    const valid = XMLValidator.validate(text);
    if (valid !== true) {
      return { problem: `it is no complete XML: line ${valid.err.line}: ${valid.err.msg.slice(0, 200)}` };
    }
    const root: unknown = new XMLParser(OPTIONS).parse(text);
    return testsOf(root, place);
  } catch (error) {
    return { problem: `it is no XML that can be read: ${(error as Error).message.slice(0, 200)}` };
  }
}

const SUITES = ['testsuites', 'testsuite'] as const;
const LISTS: ReadonlySet<string> = new Set([...SUITES, 'testcase', 'failure', 'error', 'skipped']);

const OPTIONS = {
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: 200,
  isArray: (name: string) => LISTS.has(name),
};

/** Only before the root element: in a message it is what some page began with. */
function hasDoctype(text: string): boolean {
  const prolog = /^\ufeff?(?:\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->)*/.exec(text.slice(0, 65_536));
  return /^<!DOCTYPE/i.test(text.slice(prolog?.[0].length ?? 0).slice(0, 16));
}

type Element = Readonly<Record<string, unknown>>;

interface Around {
  /** Names of the suites around, outermost first. */
  readonly suites: readonly string[];
  readonly file: string | null;
}

function testsOf(root: unknown, place: ReportPlace): TestReport | { readonly problem: string } {
  if (!isElement(root) || !SUITES.some((name) => name in root))
    return { problem: 'it is XML, but no JUnit report: there is no <testsuites> or <testsuite> at its top' };
  const tests: TestCase[] = [];
  const walk = (element: Element, around: Around): void => {
    for (const one of listOf(element, 'testcase')) {
      if (tests.length > MOST_TESTS) return;
      const test = testOf(one, around, place);
      if (test !== null) tests.push(test);
    }
    for (const suite of listOf(element, 'testsuite')) walk(suite, within(suite, around));
    for (const suites of listOf(element, 'testsuites')) walk(suites, around);
    // A suite that failed as a whole: its own errors are nobody's test.
    const broken = failureOf(element);
    if (broken !== null) tests.push(brokenSuite(broken, around, place));
  };
  walk(root, { suites: [], file: null });
  return tests.length > MOST_TESTS ? TOO_MANY : { tests };
}

function within(suite: Element, around: Around): Around {
  const name = attribute(suite, 'name');
  const file =
    attribute(suite, 'file') || attribute(suite, 'filepath') || (looksLikeTestFile(name) ? name : '');
  return { suites: [...around.suites, name], file: file || around.file };
}

/** Null: node:test calls a file without a single test a test that passed. */
function testOf(element: Element, around: Around, place: ReportPlace): TestCase | null {
  const name = attribute(element, 'name');
  const className = attribute(element, 'classname');
  const told = attribute(element, 'file') || attribute(element, 'filepath') || around.file;
  const ofClass = looksLikeTestFile(className) ? className : null;
  const isFile = className === 'test' && looksLikeTestFile(name) && around.suites.length === 0;
  const file = testFile(told ?? ofClass ?? (isFile ? name : null), place);
  const failure = failureOf(element);
  const skipped = listOf(element, 'skipped').length > 0 || 'skipped' in element;
  if (isFile && failure === null) return null;
  return {
    name: testName(nameParts(name, className, around), place),
    file,
    // A test that is expected to fail (node's todo) is marked as both.
    state: skipped ? 'skipped' : failure === null ? 'passed' : 'failed',
    failure: skipped ? null : failure,
    seconds: secondsOf(attribute(element, 'time'), 's'),
  };
}

/** A class or package before the name, else the suites; never what says the same again or only names the file. */
function nameParts(name: string, className: string, { suites }: Around): string[] {
  if (looksLikeTestFile(className) || className === name) return [name];
  // node:test calls every class `test`.
  if (className !== '' && className !== 'test') return [className, name];
  return [...suites.filter((suite) => !looksLikeTestFile(suite)), name];
}

function brokenSuite(
  failure: NonNullable<TestCase['failure']>,
  { suites, file }: Around,
  place: ReportPlace,
): TestCase {
  const name = testName(suites.length === 0 ? ['the whole run'] : suites, place);
  return {
    name,
    file: testFile(file, place),
    state: 'failed',
    failure: { ...failure, kind: 'error' },
    seconds: null,
  };
}

function failureOf(element: Element): TestCase['failure'] {
  const errors = [...listOf(element, 'error'), ...textsOf(element, 'error')];
  const [failure] = [...listOf(element, 'failure'), ...textsOf(element, 'failure')];
  const [found] = errors.length > 0 ? errors : failure === undefined ? [] : [failure];
  if (found === undefined) return null;
  const text = failureMessage(typeof found === 'string' ? decode(found) : textOf(found));
  const message = failureMessage(typeof found === 'string' ? '' : attribute(found, 'message'));
  const type = typeof found === 'string' ? '' : attribute(found, 'type');
  const kind = errors.length > 0 ? 'error' : failureKind({ type, message, text });
  return { kind, message: message === '' ? text : message };
}

function listOf(element: Element, name: string): Element[] {
  const found = element[name];
  return Array.isArray(found) ? found.filter(isElement) : [];
}

/** Elements without attributes and children are only their text. */
function textsOf(element: Element, name: string): string[] {
  const found = element[name];
  return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
}

function attribute(element: Element, name: string): string {
  const value = element[`@${name}`];
  return typeof value === 'string' ? decode(value).trim() : '';
}

function textOf(element: Element): string {
  const value = element['#text'];
  return typeof value === 'string' ? decode(value) : '';
}

/** The five entities that XML itself has, and characters by number. */
function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi,
    (whole, name, decimal, hex) => {
      if (name !== undefined) return NAMED[name as string] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function isElement(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
