import type { Budget, Config } from '../config.ts';
import type { Usage } from '../events.ts';
import type { Role } from '../role/role.ts';
import { parseTaskId } from '../task/id.ts';
import type { TaskKey } from '../task/task.ts';
import { addUsage, formatTokens, formatUsd, tokensOf } from './usage.ts';
import { dayOf, type UsageEntry } from './usage-entry.ts';

/** One budget and whom it is for. */
export interface BudgetOf {
  /** Null: all roles together. */
  readonly role: string | null;
  readonly budget: Budget;
}

/** What a budget is looked at for. What is null is not known, and counts nothing. */
export interface BudgetMoment {
  readonly run: string | null;
  readonly task: TaskKey | null;
  readonly now: Date;
}

/** A budget that nothing is left of. */
export interface SpentBudget extends BudgetOf {
  /** In a sentence without a full stop: which budget, what was used, what frees it. */
  readonly words: string;
  /** When there is something in it again; null: not by itself. */
  readonly frees: string | null;
}

/** The budgets that a role's runs are held to: everybody's, then its own. */
export function budgetsOf(role: Pick<Role, 'name' | 'budget'>, config: Pick<Config, 'budget'>): BudgetOf[] {
  return [
    ...config.budget.map((budget) => ({ role: null, budget })),
    ...role.budget.map((budget) => ({ role: role.name, budget })),
  ];
}

/** What of a budget is used; null: nothing that was counted. */
export function usedOf(
  { role, budget }: BudgetOf,
  entries: readonly UsageEntry[],
  moment: BudgetMoment,
): Usage | null {
  const counts = inSpan(budget, moment);
  return entries
    .filter((entry) => (role === null || entry.role === role) && counts(entry))
    .reduce<Usage | null>((sum, { usage }) => addUsage(sum, usage), null);
}

function inSpan({ per }: Budget, { run, task, now }: BudgetMoment): (entry: UsageEntry) => boolean {
  switch (per) {
    case 'run':
      return (entry) => entry.run === run;
    case 'task':
      return (entry) => task !== null && parseTaskId(entry.task) === task;
    case 'day': {
      const today = dayOf(now);
      return (entry) => dayOf(entry.time) === today;
    }
    default:
      return per satisfies never;
  }
}

/** Null: something is left. Used up counts as over: the next step would be. */
export function spentBudget(of: BudgetOf, used: Usage | null, now: Date): SpentBudget | null {
  const { role, budget } = of;
  if (used === null) return null;
  const over = [
    ...(budget.tokens !== null && tokensOf(used) >= budget.tokens
      ? [[`${formatTokens(budget.tokens)} tokens`, `${formatTokens(tokensOf(used))} tokens`]]
      : []),
    ...(budget.usd !== null && used.usd !== null && used.usd >= budget.usd
      ? [[formatUsd(budget.usd), formatUsd(used.usd)]]
      : []),
  ][0];
  if (over === undefined) return null;
  const frees = budget.per === 'day' ? midnightAfter(now) : null;
  const whose = role === null ? '' : ` of role ${role}`;
  const cure =
    frees === null
      ? budget.per === 'task'
        ? '; raise it in rota.yaml or the role to go on'
        : ''
      : `; there is more from ${frees.slice(0, 16).replace('T', ' ')} UTC on`;
  return {
    ...of,
    frees,
    words: `the budget${whose} of ${over[0]} a ${budget.per} is spent: ${over[1]}${cure}`,
  };
}

/** The budgets that cannot be kept because the client does not count what they limit. */
export function uncountedBudgets(budgets: readonly BudgetOf[], usage: Usage | null): string | null {
  const tokens = usage === null && budgets.some(({ budget }) => budget.tokens !== null);
  const usd = (usage === null || usage.usd === null) && budgets.some(({ budget }) => budget.usd !== null);
  if (!tokens && !usd) return null;
  return [...(tokens ? ['tokens'] : []), ...(usd ? ['cost'] : [])].join(' and ');
}

function midnightAfter(now: Date): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1)).toISOString();
}
