import type { RotaEvent, Usage } from '../../events.ts';
import { type BudgetOf, type SpentBudget, spentBudget, uncountedBudgets, usedOf } from '../../plan/budget.ts';
import { addUsage, roundUsd } from '../../plan/usage.ts';
import type { UsageEntry } from '../../plan/usage-entry.ts';
import type { TaskKey } from '../../task/task.ts';
import { fileTrouble } from './file-trouble.ts';
import { appendUsage, type LedgerPlace, readUsage } from './ledger.ts';
import { type LiveNote, liveNote } from './live-note.ts';

/** Counts what the agent of one run uses, and says when a budget is spent. */
export interface Meter {
  /** Of all turns so far; null: the client does not count. */
  total(): Usage | null;
  /** The budget that nothing is left of, as far as was looked. */
  spent(): SpentBudget | null;
  /** What is left of the smallest budget in US dollars, as far as was looked; null: there is none. */
  leftUsd(): number | null;
  /** Looks at what everybody on this machine has used by now. Call it before a turn. */
  look(): Promise<void>;
  /**
   * What the turn has used so far, as the client tells it.
   *
   * @param onSpent called once when that spends a budget
   */
  saw(turn: number, usage: Usage, onSpent: () => void): void;
  /** The turn is over. `usage` null: only what was seen meanwhile is known. */
  ended(turn: number, usage: Usage | null): Promise<void>;
}

export interface MeterWish {
  readonly place: LedgerPlace;
  readonly run: string;
  readonly role: string;
  /** Id as written, and its key. */
  readonly task: string;
  readonly key: TaskKey;
  readonly agent: string;
  readonly budgets: readonly BudgetOf[];
  readonly tell: (event: RotaEvent) => void;
}

/** How old what others used may be while a turn runs, in milliseconds. */
const LOOK_AGAIN = 10_000;

/**
 * The meter of a run. A ledger that cannot be written or read must not end the work: it is said, and what this run itself
 * uses is still held to the budgets.
 */
export function startMeter(wish: MeterWish): Meter {
  const { place, run, role, task, key, agent, budgets, tell } = wish;
  const { clock } = place.system;
  const own: UsageEntry[] = [];
  let others: readonly UsageEntry[] = [];
  let current: UsageEntry | null = null;
  let live: LiveNote | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking = false;
  let uncounted = false;
  /** The turn that was told that a budget is spent. */
  let told: number | null = null;

  const warn = (message: string) => tell({ type: 'notice', level: 'warning', message });
  const entryOf = (turn: number, usage: Usage): UsageEntry => ({
    time: clock.now().toISOString(),
    ...{ run, turn, role, task, agent, usage: { ...usage, usd: roundUsd(usage.usd) } },
  });
  const used = (of: BudgetOf, now: Date) =>
    usedOf(of, [...others, ...own, ...(current === null ? [] : [current])], { run, task: key, now });
  const spent = () => {
    const now = clock.now();
    for (const of of budgets) {
      const found = spentBudget(of, used(of, now), now);
      if (found !== null) return found;
    }
    return null;
  };
  const look = async () => {
    if (budgets.length === 0 || looking) return;
    looking = true;
    try {
      const since = budgets.some(({ budget }) => budget.per === 'task') ? null : clock.now();
      others = (await readUsage(place, since)).filter((entry) => entry.run !== run);
    } catch (error) {
      const why = fileTrouble(error);
      if (why === null) throw error;
      warn(`what others used could not be read, so budgets only count this run: ${why}`);
    } finally {
      looking = false;
      lookedAt = clock.monotonic();
    }
  };
  return {
    total: () => own.reduce<Usage | null>((sum, { usage }) => addUsage(sum, usage), null),
    spent,
    leftUsd: () => {
      const now = clock.now();
      const left = budgets.flatMap((of) =>
        of.budget.usd === null ? [] : [of.budget.usd - (used(of, now)?.usd ?? 0)],
      );
      return left.length === 0 ? null : Math.min(...left);
    },
    look,
    saw: (turn, usage, onSpent) => {
      current = entryOf(turn, usage);
      live ??= liveNote(place, run);
      live.put(current);
      const check = () => {
        if (told === turn || spent() === null) return;
        told = turn;
        onSpent();
      };
      check();
      if (clock.monotonic() - lookedAt < LOOK_AGAIN) return;
      void look()
        .then(check)
        .catch((error: unknown) => warn(`a bug in rota: ${error}`));
    },
    ended: async (turn, usage) => {
      const entry = usage === null ? current : entryOf(turn, usage);
      current = null;
      if (entry !== null) own.push(entry);
      const what = uncountedBudgets(budgets, entry?.usage ?? null);
      if (what !== null && !uncounted) {
        uncounted = true;
        warn(`${agent} did not say its ${what} in turn ${turn}, so the budget of that cannot count it`);
      }
      try {
        if (entry !== null) await appendUsage(place, entry);
      } catch (error) {
        const why = fileTrouble(error);
        if (why === null) throw error;
        warn(`what ${agent} used could not be noted: ${why}`);
      } finally {
        await live?.drop();
        live = null;
      }
    },
  };
}
