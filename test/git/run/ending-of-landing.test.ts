import { expect, test } from 'vitest';
import type { ContractFinding } from '../../../src/plan/changed-file.ts';
import { endingOfLanding } from '../../../src/run/work/ending-of-landing.ts';

const finding = (path: string, severity: 'held' | 'refused' = 'held'): ContractFinding => ({
  ...{ severity, path, rule: 'protected' },
  message: `modified ${path}`,
});

test('a branch that breaks the contract in thousands of files has a reason that can be read', () => {
  const findings = Array.from({ length: 5000 }, (_, at) => finding(`${at}.md`));
  const { reason } = endingOfLanding({ kind: 'held', findings, checks: [] });
  expect(reason).toMatch(/^modified 0\.md; .*modified 19\.md; and 4980 more$/);
});

test('a reason has what decided, in words that a terminal may print', () => {
  const findings = [finding('a'), finding('b\u001b[2J\n', 'refused')];
  const { outcome, reason } = endingOfLanding({ kind: 'refused', findings, checks: [] });
  expect(outcome).toBe('refused');
  expect(reason).toMatch(/^modified b/);
  expect(reason).not.toMatch(/[\u0000-\u001f]/);
});
