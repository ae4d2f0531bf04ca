import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { type Checkout, readHeadBranch } from './checkouts.ts';
import { bringAlong } from './go-forward.ts';
import { type Journal, writeJournal } from './journal.ts';
import { prepareCheckout } from './prepare-checkout.ts';
import { surveyCheckout } from './survey.ts';

export interface LateResult {
  readonly journal: Journal;
  readonly named: readonly string[];
  /** Checkouts that were on another branch and still are. */
  readonly others: readonly Checkout[];
}

/**
 * After main has moved: checkouts that a person switched to main in that very moment got the old tree, because git read main
 * before and named it after. The same steps apply there. (FACTS: `update-ref` during `git checkout main`.)
 */
export async function bringLateCheckouts(
  system: System,
  repository: Repository,
  journal: Journal,
  others: readonly Checkout[],
  unsupported: readonly string[],
): Promise<LateResult> {
  const named: string[] = [];
  const still: Checkout[] = [];
  let current = journal;
  for (const checkout of others) {
    if ((await readHeadBranch(system, checkout.gitDir)) !== journal.ref) {
      still.push(checkout);
      continue;
    }
    const survey = await surveyCheckout(system, repository, checkout, journal.ref, journal.changes);
    // It was switched after the move, and is at new as a whole.
    if (survey.indexIsNew) continue;
    const problems = [...unsupported, ...survey.problems];
    const prepared =
      problems.length > 0
        ? ({ kind: 'in-the-way', problems } as const)
        : await prepareCheckout(system, repository, survey, current, (next) =>
            writeJournal(system, repository, next),
          );
    if (prepared.kind === 'prepared') {
      current = prepared.journal;
      named.push(...(await bringAlong(system, repository, prepared.checkout, current)));
    } else {
      const reason = prepared.kind === 'busy' ? 'its index is locked' : prepared.problems.join('; ');
      named.push(
        `${checkout.path} was switched to main while main moved and still has the files of ${journal.old}: ${reason}. Bring it along with: git -C ${checkout.path} read-tree -m -u ${journal.old} ${journal.new}`,
      );
    }
  }
  return { journal: current, named, others: still };
}
