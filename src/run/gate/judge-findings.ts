import { plainText } from '../../task/text.ts';
import type { CheckBook } from './check-book.ts';
import type { GateCheck } from './gate-report.ts';
import type { GateInput, Verdict } from './run-gate.ts';

/** What was found without running anything: the contract, then the backlog. Null: nothing was. */
export function judgeFindings({ contract, backlogProblems }: GateInput, book: CheckBook): Verdict | null {
  const contractLines = contract.map(({ message }) => plainText(message));
  book.add(findingsCheck('contract', contractLines));
  if (contract.length > 0) {
    const refused = contract.some(({ severity }) => severity === 'refused');
    return {
      verdict: refused ? 'refused' : 'held',
      failure: listed("outside the role's contract", contractLines),
      findings: contract,
    };
  }
  const problemLines = backlogProblems.map(({ file, line, message }) =>
    plainText(`${file}:${line} ${message}`),
  );
  book.add(findingsCheck('backlog', problemLines));
  if (backlogProblems.length === 0) return null;
  return { verdict: 'red', failure: listed('new problems in the backlog', problemLines), own: true };
}

/** A check that is only what was found. */
export function findingsCheck(name: string, found: readonly string[]): GateCheck {
  const [first = null, ...others] = found;
  const detail = others.length === 0 ? first : `${first} (and ${others.length} more)`;
  return { name, passed: found.length === 0, seconds: 0, tests: null, detail };
}

/** For the agent or the person. */
export function listed(title: string, found: readonly string[]): string {
  const shown = found.slice(0, 50).map((text) => `- ${text}`);
  if (found.length > 50) shown.push(`- and ${found.length - 50} more`);
  return `The gate found ${title}:\n${shown.join('\n')}`;
}
