import type { Config } from '../../config.ts';
import { type BudgetOf, spentBudget, usedOf } from '../../plan/budget.ts';
import { tokensOf } from '../../plan/usage.ts';
import type { UsageEntry } from '../../plan/usage-entry.ts';
import { groupUsage, totalOf, type UsageGroup, type UsageRow } from '../../plan/usage-table.ts';
import type { Role } from '../../role/role.ts';

/** `rota usage --json`. The keys are stable: add, never rename. */
export interface UsageDocument {
  readonly by: UsageGroup;
  /** Null: as long as it is kept. */
  readonly since: string | null;
  readonly rows: readonly UsageRow[];
  readonly total: Omit<UsageRow, 'key'>;
  readonly budgets: readonly BudgetDocument[];
}

interface BudgetDocument {
  /** Null: all roles together. */
  readonly role: string | null;
  readonly per: BudgetOf['budget']['per'];
  readonly tokens: number | null;
  readonly usd: number | null;
  /** Of a budget of the day, today; null: there is one for each task, or each run. */
  readonly used: { readonly tokens: number; readonly usd: number | null } | null;
  readonly spent: boolean;
  readonly frees: string | null;
}

interface UsageQuestion {
  readonly by: UsageGroup;
  readonly since: Date | null;
  readonly now: Date;
}

/** What was used since then, added up, beside what may be used now. */
export function usageDocument(
  entries: readonly UsageEntry[],
  { config, roles }: { readonly config: Pick<Config, 'budget'>; readonly roles: readonly Role[] },
  { by, since, now }: UsageQuestion,
): UsageDocument {
  const wanted = since === null ? entries : entries.filter(({ time }) => Date.parse(time) >= since.getTime());
  const { key: _, ...total } = totalOf('', wanted);
  const budgets: BudgetOf[] = [
    ...config.budget.map((budget) => ({ role: null, budget })),
    ...roles.flatMap(({ name, budget: own }) => own.map((budget) => ({ role: name, budget }))),
  ];
  return {
    by,
    since: since?.toISOString() ?? null,
    rows: groupUsage(wanted, by),
    total,
    budgets: budgets.map((of) => budgetDocument(of, entries, now)),
  };
}

function budgetDocument(of: BudgetOf, entries: readonly UsageEntry[], now: Date): BudgetDocument {
  const { role, budget } = of;
  const { per, tokens, usd } = budget;
  const today = per === 'day' ? usedOf(of, entries, { run: null, task: null, now }) : null;
  const spent = spentBudget(of, today, now);
  const used =
    per === 'day' ? { tokens: today === null ? 0 : tokensOf(today), usd: today?.usd ?? null } : null;
  return { role, per, tokens, usd, used, spent: spent !== null, frees: spent?.frees ?? null };
}
