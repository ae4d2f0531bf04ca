import type { RotaEvent } from '../../events.ts';
import { flakyTrailer } from '../../plan/flaky-log.ts';
import type { GateProof } from '../../plan/proof/proof.ts';
import { namesOf } from '../../plan/reports/judge-report.ts';
import type { GateCheck } from './gate-report.ts';
import type { CommandEnd } from './run-command.ts';

/** Everything that a gate found out, in the order in which it did. */
export interface CheckBook {
  readonly checks: readonly GateCheck[];
  /** Lines of their own for the `Gate:` trailer. */
  readonly notes: readonly string[];
  /** Null: none was asked for, or the gate did not get there. */
  proof(): GateProof | null;
  prove(found: GateProof): void;
  note(line: string): void;
  add(check: GateCheck, end?: CommandEnd): void;
}

/** Collects the checks and tells about each. */
export function checkBook(emit: (event: RotaEvent) => void): CheckBook {
  const checks: GateCheck[] = [];
  const notes: string[] = [];
  let proof: GateProof | null = null;
  return {
    checks,
    notes,
    proof: () => proof,
    prove: (found) => {
      proof = found;
    },
    note: (line) => void notes.push(line),
    add: (check, end) => {
      checks.push(check);
      const { name, passed, seconds, detail, flaky = [] } = check;
      emit({ type: 'gate', name, passed, seconds, detail });
      if (flaky.length > 0) notes.push(...flakyLines(flaky));
      if (end === undefined || end.survivors.length === 0) return;
      const message = `${name} left processes that cannot be ended: ${end.survivors.join(', ')}`;
      emit({ type: 'notice', level: 'warning', message });
    },
  };
}

const MOST_FLAKY = 20;

/** One line for each, so that `rota log` can count them. */
function flakyLines(flaky: readonly string[]): string[] {
  const lines = flaky.slice(0, MOST_FLAKY).map(flakyTrailer);
  const more = flaky.slice(MOST_FLAKY).map((name) => ({ name }));
  return more.length === 0 ? lines : [...lines, `also flaky, ${more.length}: ${namesOf(more, 3)}`];
}
