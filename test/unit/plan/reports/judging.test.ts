import { describe, expect, it } from 'vitest';
import { countFlaky, flakyTrailer, readFlakyTrailers } from '../../../../src/plan/flaky-log.ts';
import { gateCoverage } from '../../../../src/plan/gate-coverage.ts';
import { failureKind } from '../../../../src/plan/reports/failure-kind.ts';
import { flakyName, flakyTests } from '../../../../src/plan/reports/flaky-tests.ts';
import { judgeReport } from '../../../../src/plan/reports/judge-report.ts';
import { knownTests, lostTests } from '../../../../src/plan/reports/known-tests.ts';
import { lostTestsFindings } from '../../../../src/plan/reports/lost-tests-findings.ts';
import type { TestCase, TestReport } from '../../../../src/plan/reports/test-report.ts';

/** `a.test.ts:name+`: `+` passed, `-` failed for an assertion, `!` for an error, `~` skipped. */
function report(...tests: string[]): TestReport {
  return { tests: tests.map(testCase) };
}

function testCase(text: string): TestCase {
  const [, file, name, mark] = /^(?:([^:]+):)?(.*)([+\-!~])$/.exec(text)!;
  const kind = mark === '!' ? 'error' : 'assertion';
  const failed = mark === '-' || mark === '!';
  return {
    name: name!,
    file: file ?? null,
    state: failed ? 'failed' : mark === '~' ? 'skipped' : 'passed',
    failure: failed ? { kind, message: 'm' } : null,
    seconds: null,
  };
}

describe('judgeReport: exit code and report must both say that it passed', () => {
  const green = { passed: true, how: 'exit 0' };
  const red = { passed: false, how: 'exit 1' };
  it.each([
    [green, report('a+', 'b+', 'c~'), true, 2, null],
    [red, report('a+', 'b-'), false, 2, 'exit 1: 1 of 2 tests failed: b'],
    [green, report('a+', 'b-', 'c!'), false, 3, 'exit 0, but its report has 2 failed tests: b; c'],
    [red, report('a+'), false, 1, 'exit 1, though its report says that its test passed: something else'],
    [red, report('a+', 'b+'), false, 2, 'exit 1, though its report says that all 2 tests passed'],
    [green, report(), false, 0, 'exit 0, and its report says that no test ran'],
    [green, report('a~', 'b~'), false, 0, 'exit 0, and its report says that no test ran: 2 are skipped'],
    [green, { problem: 'there is no report' }, false, null, 'exit 0; there is no report'],
  ])('%j with %j', (end, read, passed, tests, detail) => {
    const verdict = judgeReport(end, read);
    expect(verdict).toMatchObject({ passed, tests });
    if (detail === null) expect(verdict.detail).toBe(null);
    else expect(verdict.detail).toContain(detail);
  });

  it('names five failed tests and counts the others', () => {
    const many = report(...Array.from({ length: 9 }, (_, n) => `t${n}-`));
    expect(judgeReport(red, many).detail).toBe('exit 1: 9 of 9 tests failed: t0; t1; t2; t3; t4; and 4 more');
  });
});

describe('failureKind: what is not recognised is an error', () => {
  it.each([
    [{ type: 'AssertionError', message: 'expected 1 to be 2' }, 'assertion'],
    [{ type: 'java.lang.AssertionError', message: '' }, 'assertion'],
    [{ type: 'PHPUnit\\Framework\\ExpectationFailedException', message: 'x' }, 'assertion'],
    [{ type: 'RSpec::Expectations::ExpectationNotMetError', message: 'x' }, 'assertion'],
    [{ type: 'TypeError', message: 'AssertionError: no' }, 'error'],
    [{ type: 'Error', message: 'Cannot find module "./x"' }, 'error'],
    [{ message: 'AssertionError [ERR_ASSERTION]: 1 == 2' }, 'assertion'],
    [{ message: 'AssertionError: expected [Function] to throw SyntaxError' }, 'assertion'],
    [{ message: 'SyntaxError: Unexpected token' }, 'error'],
    [{ message: 'ReferenceError: expect is not defined' }, 'error'],
    [{ message: 'Error: boom' }, 'error'],
    [{ message: 'Error: expect(received).toBe(expected)' }, 'assertion'],
    [{ message: 'expect.assertions(2)' }, 'assertion'],
    [{ message: 'E   assert 1 == 2' }, 'error'],
    [{ message: 'assert 1 == 2' }, 'assertion'],
    [{ message: 'assertion machine is broken' }, 'error'],
    [{ message: "Failed: DID NOT RAISE <class 'ValueError'>" }, 'assertion'],
    [{ message: 'Failed: whatever' }, 'error'],
    [{ message: 'Failed', text: '    a_test.go:4: got 1' }, 'assertion'],
    [{ message: 'Failed', text: '' }, 'error'],
    [{ message: 'Failed', text: 'panic: x\n    a_test.go:4: got 1' }, 'error'],
    [{ message: 'x', text: 'Error { cause: AssertionError [ERR_ASSERTION]: x }' }, 'assertion'],
    [{ message: 'x', text: 'Error { cause: TypeError: AssertionError }' }, 'error'],
    [{ message: '' }, 'error'],
  ] as const)('%j is an %s', (told, kind) => {
    expect(failureKind(told)).toBe(kind);
  });
});

describe('lostTests', () => {
  const lost = (before: TestReport, now: TestReport, moved: [string, string][] = []) => {
    const { gone, skipped } = lostTests(knownTests(before), now, new Map(moved));
    return { gone: gone.map(({ name }) => name), skipped: skipped.map(({ name }) => name) };
  };
  const NOTHING = { gone: [], skipped: [] };

  it('new tests, and tests that run again, are fine', () => {
    expect(lost(report('f:a+', 'f:b~'), report('f:a+', 'f:b+', 'f:c+', 'f:d~'))).toEqual(NOTHING);
  });

  it('a test that is gone, and one that is skipped now', () => {
    expect(lost(report('f:a+', 'f:b+', 'f:c~'), report('f:a~'))).toEqual({
      gone: ['b', 'c'],
      skipped: ['a'],
    });
  });

  it('a test that failed on main existed there; what could not load was none', () => {
    expect(lost(report('f:a-', 'f:f!'), report('f:x+'))).toEqual({ gone: ['a'], skipped: [] });
  });

  it('the same name in another file is another test, unless the file was renamed', () => {
    expect(lost(report('f:a+'), report('g:a+')).gone).toEqual(['a']);
    expect(lost(report('f:a+'), report('g:a+'), [['f', 'g']])).toEqual(NOTHING);
    expect(lost(report('f:a+'), report('g:a~'), [['f', 'g']])).toEqual({ gone: [], skipped: ['a'] });
    expect(lost(report('f:a+'), report('h:a+'), [['f', 'g']]).gone).toEqual(['a']);
  });

  it('where one of the reports names no file, the name has to do', () => {
    expect(lost(report('a+'), report('g:a+'))).toEqual(NOTHING);
    expect(lost(report('f:a+'), report('a+'))).toEqual(NOTHING);
  });

  it('of three tests with one name all three are looked for', () => {
    expect(lost(report('f:a+', 'f:a+', 'f:a+'), report('f:a+', 'f:a+'))).toEqual({
      gone: ['a'],
      skipped: [],
    });
    expect(lost(report('f:a+', 'f:a+'), report('f:a~', 'f:a+'))).toEqual({ gone: [], skipped: ['a'] });
    expect(lost(report('f:a~', 'f:a+'), report('f:a+', 'f:a~'))).toEqual(NOTHING);
    expect(lost(report('f:a~', 'f:a+'), report('f:a+'))).toEqual({ gone: ['a'], skipped: [] });
  });

  it('findings name 20 tests and count the others; what is accepted is exactly these tests', () => {
    const tests = Array.from({ length: 23 }, (_, n) => ({ name: `t${n}`, file: 'f', ran: true }));
    const [gone, skipped] = lostTestsFindings('npm test', { gone: tests, skipped: tests.slice(0, 1) });
    expect(gone).toMatchObject({ severity: 'held', rule: 'test-gone' });
    expect(gone?.message).toContain('23 tests that main has are gone from npm test: f: t0; f: t1;');
    expect(gone?.message).toContain('f: t19; and 3 more; a person');
    expect(skipped?.message).toContain('1 test that ran on main is skipped now in npm test: f: t0; a person');
    const other = lostTestsFindings('npm test', { gone: tests.slice(1), skipped: [] })[0];
    expect(other?.path).not.toBe(gone?.path);
    expect(lostTestsFindings('npm test', { gone: [], skipped: [] })).toEqual([]);
  });
});

describe('flaky tests', () => {
  it('failed first, passed then', () => {
    expect(flakyTests(report('f:a-', 'f:b+', 'f:c!', 'd-'), report('f:a+', 'f:b+', 'f:c-', 'd+'))).toEqual([
      'a',
      'd',
    ]);
    expect(flakyTests(report('f:a-'), report('g:a+', 'f:a-'))).toEqual([]);
    expect(flakyTests(report('f:a-'), report('f:a~'))).toEqual([]);
  });

  it('are named alike in trailers and logs', () => {
    const name = flakyName(`a | b\n\u001b[31mc ${'x'.repeat(300)}`);
    expect(name).toMatch(/^a \/ b c x+…$/);
    expect(name.length).toBeLessThanOrEqual(180);
    expect(readFlakyTrailers(['green; npm test passed', flakyTrailer(name), 'also flaky, 3: x'])).toEqual([
      name,
    ]);
  });

  it('are counted, the most frequent first', () => {
    const entry = (detail: string, day: number, task: string, event = 'flaky') => ({
      ...{ at: new Date(Date.UTC(2026, 0, day)), role: 'developer', task, event, detail },
    });
    const log = [
      entry('a', 1, 'A1'),
      entry('b', 3, 'A1'),
      entry('a', 2, 'A2'),
      entry('a', 9, 'A1', 'landed'),
    ];
    expect(countFlaky([...log, entry('c', 4, 'A3')])).toEqual([
      { test: 'a', count: 2, last: new Date(Date.UTC(2026, 0, 2)), tasks: ['A1', 'A2'] },
      { test: 'c', count: 1, last: new Date(Date.UTC(2026, 0, 4)), tasks: ['A3'] },
      { test: 'b', count: 1, last: new Date(Date.UTC(2026, 0, 3)), tasks: ['A1'] },
    ]);
  });
});

describe('gateCoverage', () => {
  const entry = (run: string, when: string[] | null) => ({ run, when });
  const entries = [
    entry('web', ['apps/web/**', '!**/*.md']),
    entry('api', ['apps/api/**']),
    entry('docs', ['**/*.md']),
  ];
  const cover = (changed: string[], more: typeof entries = []) => {
    const { wanted, skipped, uncovered } = gateCoverage([...entries, ...more], changed);
    return [
      wanted.map(({ entry: { run }, index }) => `${index} ${run}`),
      skipped.map(({ run }) => run),
      uncovered,
    ];
  };

  it.each([
    [['apps/web/a.ts'], ['0 web'], ['api', 'docs'], []],
    [['apps/web/a.md'], ['2 docs'], ['web', 'api'], []],
    [['apps/web/a.ts', 'apps/api/.env'], ['0 web', '1 api'], ['docs'], []],
    [['apps/mobile/a.ts', 'apps/api/x'], ['1 api'], ['web', 'docs'], ['apps/mobile/a.ts']],
    [['backlog/A1.md'], [], ['web', 'api', 'docs'], []],
    [[], [], ['web', 'api', 'docs'], []],
    [['backlog2/x'], [], ['web', 'api', 'docs'], ['backlog2/x']],
  ])('%j', (changed, wanted, skipped, uncovered) => {
    expect(cover(changed)).toEqual([wanted, skipped, uncovered]);
  });

  it('an entry without `when` is for everything, a change of the backlog included', () => {
    expect(cover(['apps/mobile/a.ts'], [entry('all', null)])).toEqual([
      ['3 all'],
      ['web', 'api', 'docs'],
      [],
    ]);
    expect(cover(['backlog/A1.md'], [entry('all', null)])[0]).toEqual(['3 all']);
  });
});
