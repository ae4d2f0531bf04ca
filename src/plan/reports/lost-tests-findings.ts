import type { ContractFinding } from '../changed-file.ts';
import { namesOf } from './judge-report.ts';
import type { KnownTest, LostTests } from './known-tests.ts';

const NAMED = 20;

/** What a person must accept: tests of main that are gone or do not run any more. `path` names them all. */
export function lostTestsFindings(command: string, { gone, skipped }: LostTests): ContractFinding[] {
  return [
    ...finding('test-gone', gone, `that main has ${gone.length === 1 ? 'is' : 'are'} gone from ${command}`),
    ...finding(
      'test-skipped',
      skipped,
      `that ran on main ${skipped.length === 1 ? 'is' : 'are'} skipped now in ${command}`,
    ),
  ];
}

function finding(rule: string, tests: readonly KnownTest[], what: string): ContractFinding[] {
  if (tests.length === 0) return [];
  const shown = tests.map(({ name, file }) => ({ name: file === null ? name : `${file}: ${name}` }));
  const count = tests.length === 1 ? '1 test' : `${tests.length} tests`;
  const message = `${count} ${what}: ${namesOf(shown, NAMED)}; a person must say that they are not needed`;
  return [{ severity: 'held', path: shown.map(({ name }) => name).join('\n'), rule, message }];
}
