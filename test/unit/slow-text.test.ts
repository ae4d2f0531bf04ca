import { expect, test } from 'vitest';
import { firstErrors } from '../../src/plan/first-errors.ts';
import { declaredTests } from '../../src/plan/proof/declared-tests.ts';
import { runnerOf } from '../../src/plan/proof/runner-of.ts';
import { failureKind } from '../../src/plan/reports/failure-kind.ts';
import { quote } from '../../src/role/quote.ts';

// A worker that reads for minutes neither renews its lock nor hears a signal. Each of these took minutes with a pattern that
// looked from every line break to the last one, or from every space.
const BREAKS = '\n'.repeat(200_000);

test('a task of nothing but line breaks is quoted', () => {
  expect(quote(`${BREAKS}x`, { limit: 1_000_000 })).toBe(`\`\`\`text\n${BREAKS}x\n\`\`\``);
  expect(quote(`x${BREAKS}`)).toBe('```text\nx\n```');
});

test('tests of nothing but line breaks, or of receivers that never end, declare nothing', () => {
  expect(runnerOf({ path: 'test/helper.ts', text: BREAKS }, [])).toEqual({ kind: 'helper' });
  expect(declaredTests([{ path: 'test_a.py', text: `${BREAKS}def test_x():` }])).toEqual(new Set(['test_x']));
  expect(declaredTests([{ path: 'a_test.go', text: 'func (\n'.repeat(140_000) }])).toEqual(new Set());
});

test('a failure of nothing but line breaks is no assertion', () => {
  expect(failureKind({ message: '', text: `a_test.go:1: x${BREAKS}y` })).toBe('assertion');
  expect(failureKind({ message: '', text: `x${BREAKS}y` })).toBe('error');
});

test('an output of nothing but spaces has no errors', () => {
  expect(firstErrors(`${' '.repeat(3_999)}\n`.repeat(3_000))).toEqual([]);
});
