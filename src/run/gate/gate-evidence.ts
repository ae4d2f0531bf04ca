import type { Config } from '../../config.ts';
import type { GateCheck, GateReport } from './gate-report.ts';

/**
 * What was done, not only how it ended, on one line: people read it years later in the commit. A proof and notes have lines
 * of their own.
 */
export function gateEvidence(
  verdict: GateReport['verdict'],
  checks: readonly GateCheck[],
  config: Config,
): string {
  if (verdict === 'green' && config.gate === 'none') return 'none';
  const said = checks
    .filter(({ name, passed }) => !passed || !['contract', 'backlog', 'proof'].includes(name))
    .map((check) => (check.passed ? passedLine(check) : `${shortName(check)} failed, ${check.detail}`));
  const text = [verdict, ...said].join('; ');
  return text.length > 400 ? `${text.slice(0, 399)}…` : text;
}

function passedLine(check: GateCheck): string {
  const { seconds, tests } = check;
  const count = tests === null ? '' : `, ${tests} ${tests === 1 ? 'test' : 'tests'}`;
  return `${shortName(check)} passed in ${seconds.toFixed(1)}s${count}`;
}

function shortName({ name }: GateCheck): string {
  return name.length > 60 ? `${name.slice(0, 59)}…` : name;
}
