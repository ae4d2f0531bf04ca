import { describe, expect, it } from 'vitest';
import { judgeGreen } from '../../../../src/plan/proof/judge-green.ts';
import { judgeRed, NOT_STARTED, type RunnerAnswer } from '../../../../src/plan/proof/judge-red.ts';
import { proofWords } from '../../../../src/plan/proof/proof.ts';
import type { TestCase } from '../../../../src/plan/reports/test-report.ts';

const FILE = 'test/a.test.ts';

function answer(report: RunnerAnswer['report'], more: Partial<RunnerAnswer> = {}): RunnerAnswer {
  return {
    name: 'vitest',
    files: [FILE],
    declared: null,
    passed: false,
    how: 'exit 1',
    tail: '',
    report,
    ...more,
  };
}

function failed(name: string, message = 'AssertionError: no', more: Partial<TestCase> = {}): TestCase {
  return {
    name,
    file: FILE,
    state: 'failed',
    failure: { kind: 'assertion', message },
    seconds: null,
    ...more,
  };
}

function passed(name: string, more: Partial<TestCase> = {}): TestCase {
  return { name, file: FILE, state: 'passed', failure: null, seconds: null, ...more };
}

const broken = (name: string, message: string): TestCase =>
  failed(name, message, { failure: { kind: 'error', message } });
const skipped = (name: string): TestCase => passed(name, { state: 'skipped' });
const redReason = (...answers: RunnerAnswer[]) => {
  const verdict = judgeRed(answers);
  return verdict.kind === 'unproven' ? verdict.reason : verdict;
};

describe('on old main', () => {
  it('one failed assertion is enough; what was green, skipped or broken beside it proves nothing', () => {
    const report = [
      failed('a', 'AssertionError: 1\nmore'),
      passed('b'),
      broken('c', 'TypeError: x'),
      skipped('d'),
    ];
    expect(judgeRed([answer(report)])).toEqual({
      kind: 'red',
      tests: new Map([[0, [{ name: 'a', file: FILE, failure: 'AssertionError: 1' }]]]),
      greenBefore: ['b'],
    });
  });

  it('only tests of the branch count', () => {
    const other = failed('other', 'AssertionError: no', { file: 'test/other.test.ts' });
    expect(redReason(answer([other, passed('mine')]))).toBe('was green before: proves nothing: mine');
    expect(redReason(answer([other]))).toBe(`never ran: ${FILE}`);
  });

  it('a report without files is read by the names that the files declare', () => {
    const declared = new Set(['TestMine', 'test_mine']);
    const of = (name: string) => redReason(answer([failed(name, 'x', { file: null })], { declared }));
    for (const name of ['calc > TestMine', 'calc > TestMine/sub', 'tests.test_a > test_mine[1-2]'])
      expect(of(name)).toMatchObject({ kind: 'red' });
    expect(of('calc > TestOther')).toBe('never ran: test/a.test.ts');
    const build = broken('example.org/calc', '[build failed]');
    expect(redReason(answer([{ ...build, file: null }], { declared }))).toBe(
      'red for the wrong reason: example.org/calc: [build failed]',
    );
  });

  it.each([
    'AssertionError: promise rejected "Error: Cannot find module \'../src/new.js\'" instead of resolving',
    'Got unwanted rejection.\nActual message: "Cannot find package \'x\'"',
    'assert importlib.import_module("x")\nModuleNotFoundError: No module named \'x\'',
    'AssertionError: SyntaxError: The requested module does not provide an export named "more"',
  ])('an expectation about a missing import is a missing import: %s', (message) => {
    expect(redReason(answer([failed('a', message)]))).toMatch(/^red for the wrong reason: a: /);
  });

  it.each<[RegExp, RunnerAnswer]>([
    [/^red for the wrong reason: a: SyntaxError: x$/, answer([broken('a', 'SyntaxError: x'), passed('b')])],
    [/^was green before: proves nothing: b$/, answer([passed('b'), skipped('c')])],
    [/^no test ran on old main, skipped: c$/, answer([skipped('c')])],
    [/^never ran: test\/a\.test\.ts$/, answer([])],
    [
      /^never ran: vitest finds no test in test\/a\.test\.ts$/,
      answer({ problem: 'there is no report' }, { tail: 'No test files found, exiting with code 1' }),
    ],
    [
      /^red for the wrong reason: vitest could not run the tests on old main \(exit 1; there is no report\)$/,
      answer({ problem: 'there is no report' }, { tail: 'boom' }),
    ],
    [/^it is not installed$/, answer({ problem: 'it is not installed' }, { how: NOT_STARTED })],
    [/^vitest ended with success although its report has failures$/, answer([failed('a')], { passed: true })],
  ])('says %s', (reason, given) => {
    expect(redReason(given)).toMatch(reason);
  });

  it('says to the agent what happened and what to do, without control characters and at bounded length', () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      broken(`test \u001b[2J${index}`, 'y'.repeat(5000)),
    );
    const verdict = judgeRed([answer(many)]);
    if (verdict.kind !== 'unproven') throw new Error('red');
    expect(verdict.reason.length).toBeLessThan(300);
    expect(verdict.failure).toContain('- and 480 more');
    expect(verdict.failure).toContain('A reproduction loads on old main');
    expect(verdict.failure.length).toBeLessThan(10_000);
    expect(verdict.failure).not.toContain('\u001b');
  });

  it('what two runners say is kept apart', () => {
    const verdict = judgeRed([answer([passed('a')]), answer([failed('b')])]);
    expect(verdict).toMatchObject({ kind: 'red', greenBefore: ['a'] });
    if (verdict.kind === 'red') expect([...verdict.tests.keys()]).toEqual([1]);
  });
});

describe('on the merge result', () => {
  const red = [{ name: 'a', file: FILE, failure: 'no' }];
  const green = { passed: true, how: 'exit 0' };
  const reasonOf = (given: RunnerAnswer, tests = red) => {
    const verdict = judgeGreen(given, tests);
    return verdict.kind === 'unproven' ? verdict.reason : verdict.kind;
  };

  it('every red test is there by name and passed', () => {
    expect(reasonOf(answer([passed('a'), passed('b')], green))).toBe('green');
  });

  it.each<[string, RunnerAnswer]>([
    ['not green on the merge result: b', answer([passed('a'), broken('b', 'x')])],
    ['not green on the merge result: a', answer([failed('a')])],
    ['vitest ended with success although its report has failures', answer([failed('a')], green)],
    ['red on old main and skipped on the merge result: a', answer([skipped('a')], green)],
    ['red on old main and gone on the merge result: a', answer([passed('a ')], green)],
    [
      'red on old main and gone on the merge result: a',
      answer([passed('a', { file: 'test/b.test.ts' })], green),
    ],
    ['red on old main and gone on the merge result: a', answer([], green)],
    ['vitest failed on the merge result although its report has no failure (exit 1)', answer([passed('a')])],
    [
      'vitest left no report on the merge result (exit 1; there is no report)',
      answer({ problem: 'there is no report' }),
    ],
  ])('%s', (reason, given) => {
    expect(reasonOf(given)).toBe(reason);
  });

  it('tests of the same name count as often as they were red', () => {
    const twice = [...red, ...red];
    expect(reasonOf(answer([passed('a')], green), twice)).toBe(
      'red on old main and gone on the merge result: a',
    );
    expect(reasonOf(answer([passed('a'), passed('a')], green), twice)).toBe('green');
  });
});

describe('in words', () => {
  const named = (...names: string[]) => names.map((name) => ({ name, file: null, failure: 'no' }));

  it('names tests while there is room, and counts the rest', () => {
    expect(proofWords(named('a', 'b'), 170)).toBe('2 tests red on old main, green now: a; b');
    const words = proofWords(named(...Array.from({ length: 40 }, (_, index) => `test number ${index}`)), 170);
    expect(words).toMatch(/^40 tests red on old main, green now: test number 0; .*; and \d+ more$/);
    expect(words.length).toBeLessThanOrEqual(170);
  });

  it('is one line of bounded length, whatever tests are called', () => {
    const nasty = proofWords(named(`x\u001b[2J\nGated: 0000 ${'é'.repeat(5000)}`), 170);
    expect(nasty).not.toMatch(/[\n\u001b]/);
    expect([...nasty].length).toBeLessThanOrEqual(170);
  });
});
