import { changedTests } from '../../plan/branch-changes.ts';
import { plainText } from '../../task/text.ts';
import type { CheckBook } from './check-book.ts';
import type { GateInput } from './run-gate.ts';

const MOST_NAMED = 12;

/** Nobody can decide whether a changed test asks for less: people are told. */
export function noteChangedTests({ base, changes, emit }: GateInput, book: CheckBook): void {
  const changed = base === null ? [] : changedTests(changes ?? []);
  if (changed.length === 0) return;
  const shown = changed.slice(0, MOST_NAMED).join(', ');
  const more = changed.length > MOST_NAMED ? ` and ${changed.length - MOST_NAMED} more` : '';
  const message = plainText(`existing tests changed: ${shown}${more}`);
  book.note(message);
  emit({ type: 'notice', level: 'info', message });
}
