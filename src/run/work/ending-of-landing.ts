import type { ContractFinding } from '../../plan/changed-file.ts';
import { shortFailure } from '../../plan/failure-digest.ts';
import { plainText } from '../../task/text.ts';
import type { LandingEnd } from '../land/landing-work.ts';
import type { Ending } from './active-run.ts';

/** Characters of a failure in a note, which has 4 KiB for all that it says. */
const NOTE = 3_000;

/** What a landing's end means when it ends the run. */
export function endingOfLanding(end: LandingEnd): Ending {
  const { checks } = end;
  switch (end.kind) {
    case 'landed':
      return {
        outcome: 'landed',
        reason: end.named.length === 0 ? null : end.named.join('; '),
        commit: end.commit,
        checks,
      };
    case 'waiting':
      return {
        outcome: 'waiting',
        reason: end.waiting.reason,
        waiting: end.waiting,
        commit: end.waiting.commit,
        checks,
      };
    case 'proposed':
      return { outcome: 'proposed', reason: end.reason, pr: end.pr, commit: end.commit, checks };
    case 'held':
    case 'refused':
      return {
        outcome: end.kind,
        reason: reasonOf(end.findings.filter(({ severity }) => severity === end.kind)),
        checks,
      };
    case 'red':
      return { outcome: 'red', reason: end.reason, details: shortFailure(end.failure, NOTE), checks };
    case 'conflict':
      return {
        outcome: 'conflict',
        reason: `main and the branch both changed ${filesIn(end.files)}`,
        checks,
      };
    case 'changed':
      return { outcome: 'partial', reason: 'the task was changed on main while the agent worked', checks };
    case 'main-red':
    case 'revoked':
    case 'failed':
      return { outcome: end.kind, reason: end.reason, checks };
    case 'interrupted':
      return { outcome: 'interrupted', reason: 'stopped while the gate ran', checks };
    default:
      return end satisfies never;
  }
}

/** As many as anybody reads; the agent's turn and the run's note have more. */
function filesIn(files: readonly string[]): string {
  const shown = files.slice(0, MOST_FINDINGS).map((file) => plainText(file).slice(0, 200));
  const more = files.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** In records, notes and commits: a branch can break the contract in thousands of files. */
const MOST_FINDINGS = 20;

function reasonOf(findings: readonly ContractFinding[]): string {
  const shown = findings.slice(0, MOST_FINDINGS).map(({ message }) => plainText(message));
  const more = findings.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
