import { createHash } from 'node:crypto';
import type { GateCommand } from '../../config.ts';
import { changedPaths } from '../../plan/branch-changes.ts';
import { type GateCoverage, gateCoverage } from '../../plan/gate-coverage.ts';
import { plainText } from '../../task/text.ts';
import type { CheckBook } from './check-book.ts';
import { findingsCheck, listed } from './judge-findings.ts';
import { commandInWords } from './run-command.ts';
import type { GateInput, Verdict } from './run-gate.ts';

/** Which entries of the gate a change calls for. */
export interface GateScope extends Pick<GateCoverage<GateCommand>, 'wanted' | 'skipped'> {
  /** The same for the same entries; `all` when none was left out. */
  readonly name: string;
  /** Red when something changed that no entry is for. Null: everything is covered. */
  judgeCoverage(input: GateInput, book: CheckBook): Verdict | null;
}

/** Says which entries are left out. */
export function gateScope({ config, changes, base, emit }: GateInput, book: CheckBook): GateScope {
  const entries = config.gate === 'none' ? [] : config.gate;
  const { wanted, skipped, uncovered } =
    changes === null
      ? {
          wanted: [...entries.entries()].map(([index, entry]) => ({ entry, index })),
          skipped: [],
          uncovered: [],
        }
      : gateCoverage(entries, changedPaths(changes));
  const names = skipped.map(({ run, when }) => `${commandInWords(run)} (${(when ?? []).join(', ')})`);
  if (names.length > 0 && base !== null) {
    book.note(`not needed, nothing of theirs changed: ${names.join('; ')}`);
    for (const name of names)
      emit({
        type: 'notice',
        level: 'info',
        message: `nothing that ${name} is for has changed: it does not run`,
      });
  }
  return {
    wanted,
    skipped,
    name: skipped.length === 0 ? 'all' : nameOf(wanted.map(({ entry }) => entry)),
    // Main itself is asked only what the candidate was asked.
    judgeCoverage: () =>
      base === null || config.gate === 'none' || uncovered.length === 0 ? null : red(uncovered, book),
  };
}

function red(uncovered: readonly string[], book: CheckBook): Verdict {
  const lines = uncovered.map((path) => plainText(`${path}: no entry of the gate is for it`));
  book.add(findingsCheck('coverage', lines));
  const title =
    'changed files that no entry of it (`when` in rota.yaml) is for, so that nothing would look at them';
  return { verdict: 'red', failure: listed(title, lines), own: true };
}

function nameOf(wanted: readonly GateCommand[]): string {
  return createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 16);
}
