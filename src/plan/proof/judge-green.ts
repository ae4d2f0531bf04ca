import { plainText } from '../../task/text.ts';
import type { TestCase } from '../reports/test-report.ts';
import { LYING, lyingReason, type RunnerAnswer, unproven } from './judge-red.ts';
import { type ProvenTest, shortened, someOf } from './proof.ts';

export type GreenVerdict =
  | { readonly kind: 'green' }
  | { readonly kind: 'unproven'; readonly reason: string; readonly failure: string };

/**
 * Whether the tests that were red on old main are in the merge result's report, by name, each as often, and all passed.
 * Nothing else may fail in that run either: it is the branch's own tests.
 */
export function judgeGreen(answer: RunnerAnswer, red: readonly ProvenTest[]): GreenVerdict {
  const { report } = answer;
  if ('problem' in report) {
    const reason = `${answer.name} left no report on the merge result (${answer.how}; ${report.problem})`;
    return unproven(reason, [answer.tail]);
  }
  const failed = report.filter(({ state }) => state === 'failed');
  if (failed.length > 0 && answer.passed) return unproven(lyingReason(answer), [LYING]);
  if (failed.length > 0) {
    const reason = `not green on the merge result: ${someOf(names(failed), 160)}`;
    return unproven(reason, failed.slice(0, 20).map(failureLine));
  }
  const counts = countByTest(red);
  const missing = red.filter((test) => passedOf(report, test) < (counts.get(keyOf(test)) ?? 1));
  const skipped = missing.filter((test) =>
    report.some((other) => isSame(other, test) && other.state === 'skipped'),
  );
  if (skipped.length > 0)
    return unproven(`red on old main and skipped on the merge result: ${someOf(names(skipped), 160)}`, [
      MISSING,
    ]);
  if (missing.length > 0)
    return unproven(`red on old main and gone on the merge result: ${someOf(names(missing), 160)}`, [
      MISSING,
    ]);
  if (!answer.passed) {
    const reason = `${answer.name} failed on the merge result although its report has no failure (${answer.how})`;
    return unproven(reason, [answer.tail]);
  }
  return { kind: 'green' };
}

const MISSING =
  'The tests that were red on old main must run and pass on the merge result under the same names: no name that changes from run to ' +
  'run, no condition that leaves them out.';

function names(tests: readonly { readonly name: string }[]): string[] {
  return [...new Set(tests.map(({ name }) => name))];
}

function failureLine({ name, failure }: TestCase): string {
  return `- ${shortened(plainText(name), 200)}: ${shortened(plainText(failure?.message ?? ''), 600)}`;
}

function passedOf(report: readonly TestCase[], test: ProvenTest): number {
  return report.filter((other) => isSame(other, test) && other.state === 'passed').length;
}

function isSame(a: Pick<TestCase, 'name' | 'file'>, b: Pick<TestCase, 'name' | 'file'>): boolean {
  return keyOf(a) === keyOf(b);
}

function keyOf({ name, file }: Pick<TestCase, 'name' | 'file'>): string {
  return `${file ?? ''}\0${name}`;
}

function countByTest(tests: readonly ProvenTest[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const test of tests) counts.set(keyOf(test), (counts.get(keyOf(test)) ?? 0) + 1);
  return counts;
}
