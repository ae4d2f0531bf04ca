import { failureKind } from './failure-kind.ts';
import {
  failureMessage,
  MOST_TESTS,
  type ReportPlace,
  secondsOf,
  TOO_MANY,
  testName,
} from './report-text.ts';
import type { TestCase, TestReport } from './test-report.ts';

/** What `go test -json` prints: one event a line. Subtests stand for the test around them. */
export function readGo(text: string, place: ReportPlace): TestReport | { readonly problem: string } {
  const told = new Map<string, Told>();
  let events = 0;
  const open = new Set<string>();
  for (const line of text.split('\n')) {
    const event = eventOf(line) ?? buildFailure(line);
    if (event === null) continue;
    events++;
    const key = `${event.pkg}\0${event.test}`;
    const one = told.get(key) ?? { pkg: event.pkg, test: event.test, state: null, seconds: null, output: [] };
    told.set(key, one);
    if (told.size > MOST_TESTS) return TOO_MANY;
    if (event.action === 'start' || event.action === 'run') open.add(key);
    if (event.action === 'output') one.output.push(event.output);
    const state = STATES[event.action];
    if (state === undefined) continue;
    one.state = state;
    one.seconds = event.seconds;
    open.delete(key);
  }
  if (events === 0) return { problem: 'it is no output of `go test -json`: there is not one event in it' };
  if (open.size > 0 && ![...told.values()].some(({ state }) => state === 'failed'))
    return { problem: 'it is cut off: tests that began have no end' };
  return { tests: testsOf([...told.values()], place) };
}

interface Told {
  readonly pkg: string;
  /** Empty: the package itself. */
  readonly test: string;
  state: TestCase['state'] | null;
  seconds: number | null;
  readonly output: string[];
}

const STATES: Readonly<Record<string, TestCase['state'] | undefined>> = Object.assign(Object.create(null), {
  pass: 'passed',
  fail: 'failed',
  skip: 'skipped',
});

function eventOf(line: string) {
  if (!line.startsWith('{')) return null;
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    const text = (name: string) => (typeof value[name] === 'string' ? (value[name] as string) : '');
    if (text('Action') === '' || text('Package') === '') return null;
    return {
      action: text('Action'),
      pkg: text('Package'),
      test: text('Test'),
      output: text('Output'),
      seconds: secondsOf(value['Elapsed'], 's'),
    };
  } catch {
    // A test may print between the events.
    return null;
  }
}

/** What cannot be built is told in plain text between the events. */
function buildFailure(line: string): ReturnType<typeof eventOf> {
  const pkg = /^FAIL\t(\S+) \[(?:build|setup) failed\]$/.exec(line.trimEnd())?.[1];
  return pkg === undefined ? null : { action: 'fail', pkg, test: '', output: '', seconds: null };
}

function testsOf(all: readonly Told[], place: ReportPlace): TestCase[] {
  const around = new Set(all.flatMap(({ pkg, test }) => parents(test).map((parent) => `${pkg}\0${parent}`)));
  const failed = new Set(
    all.filter(({ test, state }) => test !== '' && state === 'failed').map(({ pkg }) => pkg),
  );
  return all.flatMap((one): TestCase[] => {
    const { pkg, test, state, seconds } = one;
    // A package that failed without a failing test could not be built, or broke off.
    if (test === '' && (state !== 'failed' || failed.has(pkg))) return [];
    if (test !== '' && around.has(`${pkg}\0${test}`)) return ownFailure(one, place);
    const name = testName([pkg, ...test.split('/')], place);
    return [{ name, file: null, state: state ?? 'failed', failure: failureOf(one), seconds }];
  });
}

/** What a test around subtests says itself; without its own words it failed because of them. */
function ownFailure(one: Told, place: ReportPlace): TestCase[] {
  const failure = one.state === 'failed' ? failureOf(one) : null;
  if (failure?.kind !== 'assertion') return [];
  const name = testName([one.pkg, ...one.test.split('/')], place);
  return [{ name, file: null, state: 'failed', failure, seconds: one.seconds }];
}

function failureOf({ test, state, output }: Told): TestCase['failure'] {
  if (state === 'passed' || state === 'skipped') return null;
  const text = failureMessage(output.filter((line) => !/^\s*(?:===|---) /.test(line)).join(''));
  const kind = test === '' || state === null ? 'error' : failureKind({ message: '', text });
  return { kind, message: text || (test === '' ? 'it cannot be built, or it broke off' : 'no message') };
}

function parents(test: string): string[] {
  const parts = test.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
