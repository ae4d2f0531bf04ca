import { createHash } from 'node:crypto';
import type { ContractFinding } from '../../plan/changed-file.ts';

/** A person's word that what is held may land: for what was found when it was given, and for nothing else. */
export interface Acceptance {
  readonly reason: string;
  /** What it covers, as `acceptedAs` says it; empty until something was judged. */
  covered(): readonly string[];
  /**
   * Findings that it does not cover. What is found first is what the person was asked about: held findings that come up later,
   * because main and its rules moved on, are open.
   *
   * @param kind what the findings are about; each kind is judged first at its own time
   */
  open(kind: 'contract' | 'tests', findings: readonly ContractFinding[]): ContractFinding[];
}

/** Messages of landings must end. */
const MOST = 200;

/** @param covered what an earlier landing of the same commits was accepted for; null: what is found now */
export function acceptance(reason: string, covered: readonly string[] | null = null): Acceptance {
  const accepted = new Set(covered ?? []);
  const judged = new Set<string>();
  return {
    reason,
    covered: () => [...accepted].slice(0, MOST),
    open: (kind, findings) => {
      if (covered === null && !judged.has(kind))
        for (const finding of findings) if (finding.severity === 'held') accepted.add(acceptedAs(finding));
      judged.add(kind);
      return findings.filter((finding) => finding.severity !== 'held' || !accepted.has(acceptedAs(finding)));
    },
  };
}

/** Rule and path, as one short line of plain letters that comes back from a trailer as it went in. */
export function acceptedAs({ rule, path }: ContractFinding): string {
  if (/^[\x21-\x7e]{1,150}$/.test(path)) return `${rule}: ${path}`;
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return `${rule}: ${path.slice(0, 100).replace(/[^\x21-\x7e]/g, '_')}~${digest}`;
}

const WORD = 'accepted';

/** For the `Gate:` trailers of a landing: the reason, then what it was given for. */
export function acceptedTrailers(accept: Acceptance | null): string[] {
  if (accept === null) return [];
  return [`${WORD}: ${accept.reason}`, ...accept.covered().map((each) => `${WORD} ${each}`)];
}

/** What the trailers say; null: nothing was accepted. */
export function readAcceptance(gate: readonly string[]): Acceptance | null {
  const reason = gate.find((line) => line.startsWith(`${WORD}: `));
  if (reason === undefined) return null;
  const given = gate.filter((line) => line.startsWith(`${WORD} `)).map((line) => line.slice(WORD.length + 1));
  return acceptance(reason.slice(WORD.length + 2), given);
}
