import { describe, expect, it } from 'vitest';
import type { Budget } from '../../../src/config.ts';
import type { Usage } from '../../../src/events.ts';
import {
  type BudgetMoment,
  type BudgetOf,
  budgetsOf,
  spentBudget,
  uncountedBudgets,
  usedOf,
} from '../../../src/plan/budget.ts';
import type { UsageEntry } from '../../../src/plan/usage-entry.ts';
import { taskKey } from '../../../src/task/id.ts';
import { makeRole, NOW } from './make.ts';

const usage = (tokens: number, usd: number | null = null): Usage => ({
  ...{ input: tokens - 1, cached: 0, output: 1, usd },
});
const entry = (over: Partial<UsageEntry> = {}): UsageEntry => ({
  ...{ time: NOW.toISOString(), run: 'R1', turn: 1, role: 'developer', task: 'A1', agent: 'claude' },
  usage: usage(100, 1),
  ...over,
});
const budget = (over: Partial<Budget>): Budget => ({ tokens: null, usd: null, per: 'day', ...over });
const of = (over: Partial<Budget>, role: string | null = null): BudgetOf => ({ role, budget: budget(over) });
const at: BudgetMoment = { run: 'R1', task: taskKey('A1'), now: NOW };
const spent = (of: BudgetOf, entries: readonly UsageEntry[], moment = at) =>
  spentBudget(of, usedOf(of, entries, moment), moment.now);

it("a role is held to everybody's budgets and to its own", () => {
  const own = budget({ usd: 1, per: 'run' });
  const all = budget({ tokens: 5 });
  expect(budgetsOf(makeRole('tester', { budget: [own] }), { budget: [all] })).toEqual([
    { role: null, budget: all },
    { role: 'tester', budget: own },
  ]);
});

describe('what counts', () => {
  it.each<[string, BudgetOf, Partial<UsageEntry>, boolean]>([
    ['another role, for all', of({ tokens: 9 }), { role: 'tester' }, true],
    ['another role, for one', of({ tokens: 9 }, 'developer'), { role: 'tester' }, false],
    ['yesterday', of({ tokens: 9 }), { time: '2026-11-19T23:59:59.999Z' }, false],
    ['today, first moment', of({ tokens: 9 }), { time: '2026-11-20T00:00:00.000Z' }, true],
    ['tomorrow, in another zone', of({ tokens: 9 }), { time: '2026-11-21T01:00:00+02:00' }, true],
    ['another run, per run', of({ tokens: 9, per: 'run' }), { run: 'R2' }, false],
    ['this run years ago, per run', of({ tokens: 9, per: 'run' }), { time: '2001-01-01T00:00:00Z' }, true],
    ['another task, per task', of({ tokens: 9, per: 'task' }), { task: 'A2' }, false],
    ['the same task by its other name', of({ tokens: 9, per: 'task' }), { task: 'A001', run: 'R9' }, true],
    ['no id at all, per task', of({ tokens: 9, per: 'task' }), { task: '../x' }, false],
  ])('%s', (_name, budgetOf, over, counts) => {
    expect(usedOf(budgetOf, [entry(over)], at)).toEqual(counts ? usage(100, 1) : null);
  });

  it('without a run or task nothing is of it', () => {
    const nobody: BudgetMoment = { run: null, task: null, now: NOW };
    expect(usedOf(of({ tokens: 1, per: 'run' }), [entry()], nobody)).toBeNull();
    expect(usedOf(of({ tokens: 1, per: 'task' }), [entry()], nobody)).toBeNull();
  });
});

describe('spent', () => {
  it('is what is used up, not only what is over', () => {
    expect(spent(of({ tokens: 101 }), [entry()])).toBeNull();
    expect(spent(of({ tokens: 100 }), [entry()])).not.toBeNull();
    expect(spent(of({ usd: 1.01 }), [entry()])).toBeNull();
    expect(spent(of({ usd: 1 }), [entry()])).not.toBeNull();
  });

  it('either limit is enough', () => {
    expect(spent(of({ tokens: 1e9, usd: 1 }), [entry()])?.words).toContain('of $1 a day is spent: $1');
    expect(spent(of({ tokens: 100, usd: 50 }), [entry()])?.words).toContain('of 100 tokens a day');
  });

  it('cost that nobody told does not count as none or as much', () => {
    expect(spent(of({ usd: 0.01 }), [entry({ usage: usage(1e9, null) })])).toBeNull();
    expect(spent(of({ usd: 1 }), [entry({ usage: usage(5) }), entry({ turn: 2 })])).not.toBeNull();
  });

  it('says which, how much, and when there is more', () => {
    expect(spent(of({ tokens: 100 }, 'developer'), [entry({ usage: usage(1_234_567) })])).toMatchObject({
      words:
        'the budget of role developer of 100 tokens a day is spent: 1.3M tokens; there is more from 2026-11-21 00:00 UTC on',
      frees: '2026-11-21T00:00:00.000Z',
    });
    expect(spent(of({ usd: 0.5, per: 'task' }), [entry()])).toMatchObject({
      words: 'the budget of $0.50 a task is spent: $1; raise it in rota.yaml or the role to go on',
      frees: null,
    });
    expect(spent(of({ tokens: 1, per: 'run' }), [entry()])).toMatchObject({
      words: 'the budget of 1 tokens a run is spent: 100 tokens',
      frees: null,
    });
  });

  it('frees at the next midnight of UTC, over the end of a month and a year', () => {
    const frees = (now: string) => {
      const moment = { ...at, now: new Date(now) };
      return spent(of({ tokens: 1 }), [entry({ time: now })], moment)?.frees;
    };
    expect(frees('2026-11-30T00:00:00.000Z')).toBe('2026-12-01T00:00:00.000Z');
    expect(frees('2026-12-31T23:59:59.999Z')).toBe('2027-01-01T00:00:00.000Z');
    expect(frees('2028-02-28T12:00:00.000Z')).toBe('2028-02-29T00:00:00.000Z');
  });
});

it('names what a client does not count and a budget limits', () => {
  const both = [of({ tokens: 1 }), of({ usd: 1 })];
  expect(uncountedBudgets(both, null)).toBe('tokens and cost');
  expect(uncountedBudgets(both, usage(1, null))).toBe('cost');
  expect(uncountedBudgets(both, usage(1, 0))).toBeNull();
  expect(uncountedBudgets([of({ tokens: 1 })], usage(1, null))).toBeNull();
  expect(uncountedBudgets([], null)).toBeNull();
});
