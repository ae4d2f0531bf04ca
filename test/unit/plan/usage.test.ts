import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usage } from '../../../src/events.ts';
import { addUsage, formatTokens, formatUsd, tokensOf } from '../../../src/plan/usage.ts';
import { dayOf, eachTurnOnce, parseUsageEntry, type UsageEntry } from '../../../src/plan/usage-entry.ts';
import { groupUsage, totalOf } from '../../../src/plan/usage-table.ts';

const entry = (over: Partial<UsageEntry> = {}): UsageEntry => ({
  ...{ time: '2026-11-20T12:00:00.000Z', run: 'R1', turn: 1, role: 'developer', task: 'A1', agent: 'claude' },
  usage: { input: 90, cached: 40, output: 10, usd: 0.1 },
  ...over,
});
const counts = fc.record({
  input: fc.nat(1e9),
  cached: fc.nat(1e9),
  output: fc.nat(1e9),
  usd: fc.option(fc.nat(1e6).map((cents) => cents / 100)),
});

describe('addUsage', () => {
  it('keeps what was counted, and a cost as soon as anybody said one', () => {
    expect(addUsage(null, null)).toBeNull();
    const one: Usage = { input: 1, cached: 0, output: 2, usd: null };
    expect(addUsage(null, one)).toEqual(one);
    expect(addUsage(one, one)).toEqual({ input: 2, cached: 0, output: 4, usd: null });
    expect(addUsage(one, { ...one, usd: 0.1 })?.usd).toBe(0.1);
    expect(addUsage({ ...one, usd: 0.1 }, { ...one, usd: 0.2 })?.usd).toBe(0.3);
  });

  it('does not matter in which order', () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 6 }), (all) => {
        const sum = (list: readonly Usage[]) => list.reduce<Usage | null>(addUsage, null);
        const [there, back] = [sum(all), sum(all.toReversed())];
        expect(back?.input).toBe(there?.input);
        expect(back?.usd ?? -1).toBeCloseTo(there?.usd ?? -1, 6);
        if (there !== null)
          expect(tokensOf(there)).toBe(all.reduce((n, one) => n + one.input + one.output, 0));
      }),
    );
  });
});

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1k'],
  [1001, '1.1k'],
  [99_999, '100k'],
  [512_000, '512k'],
  [512_001, '513k'],
  [2_000_000, '2M'],
  [2_000_001, '2.1M'],
  [1e12, '1000000M'],
])('%d tokens are %s, never less than they are', (tokens, text) => {
  expect(formatTokens(tokens)).toBe(text);
});

it.each([
  [10, '$10'],
  [0, '$0'],
  [0.5, '$0.50'],
  [0.0034, '$0.0034'],
  [12.345, '$12.35'],
])('%d dollars are %s', (usd, text) => {
  expect(formatUsd(usd)).toBe(text);
});

describe('a line of the ledger', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), counts, fc.nat(99), (run, task, usage, turn) => {
        const one = entry({ run, task, usage, turn });
        expect(parseUsageEntry(JSON.stringify(one))).toEqual(one);
      }),
    );
  });

  it('that was torn anywhere is none', () => {
    const line = JSON.stringify(entry());
    for (let at = 0; at < line.length; at++)
      expect(parseUsageEntry(line.slice(0, at)), `cut at ${at}`).toBeNull();
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 5],
    ['no time', { ...entry(), time: 'yesterday' }],
    ['a run that is no text', { ...entry(), run: 5 }],
    ['a turn that is no number', { ...entry(), turn: '1' }],
    ['no usage', { ...entry(), usage: null }],
    [
      'room made by something negative',
      { ...entry(), usage: { input: -1e9, cached: 0, output: 0, usd: null } },
    ],
    ['negative cost', { ...entry(), usage: { input: 1, cached: 0, output: 0, usd: -5 } }],
    ['text for a count', { ...entry(), usage: { input: '1', cached: 0, output: 0, usd: null } }],
    ['no cost at all', { ...entry(), usage: { input: 1, cached: 0, output: 0 } }],
  ])('with %s is none', (_name, value) => {
    expect(parseUsageEntry(JSON.stringify(value))).toBeNull();
  });

  it('counts each turn once, the first that was noted', () => {
    const again = entry({ usage: { input: 1, cached: 0, output: 0, usd: null } });
    expect(eachTurnOnce([entry(), again, entry({ turn: 2 }), entry({ run: 'R2' })])).toEqual([
      entry(),
      entry({ turn: 2 }),
      entry({ run: 'R2' }),
    ]);
  });

  it('a day is one of UTC', () => {
    expect(dayOf('2026-11-20T23:30:00-02:00')).toBe('2026-11-21');
  });
});

describe('the table', () => {
  const entries = [
    entry(),
    entry({ turn: 2 }),
    entry({ run: 'R2', role: 'tester', task: 'A2', time: '2026-11-19T01:00:00.000Z' }),
    entry({
      ...{ run: 'R3', role: 'tester', agent: 'codex', task: 'A3', time: '2026-11-21T01:00:00.000Z' },
      usage: { input: 1000, cached: 0, output: 0, usd: null },
    }),
  ];

  it.each([
    ['role', ['tester', 'developer']],
    ['task', ['A3', 'A1', 'A2']],
    ['agent', ['codex', 'claude']],
    ['day', ['2026-11-19', '2026-11-20', '2026-11-21']],
    ['run', ['R1', 'R2', 'R3']],
  ] as const)('by %s', (by, keys) => {
    const rows = groupUsage(entries, by);
    expect(rows.map(({ key }) => key)).toEqual(keys);
    expect(rows.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(1300);
    expect(rows.reduce((sum, { turns }) => sum + turns, 0)).toBe(4);
  });

  it('adds up runs, turns, tokens and cost, and says whose cost is missing', () => {
    expect(groupUsage(entries, 'role')).toEqual([
      {
        ...{ key: 'tester', runs: 2, turns: 2, tokens: 1100, input: 1090, cached: 40, output: 10, usd: 0.1 },
        turnsWithoutCost: 1,
      },
      {
        ...{ key: 'developer', runs: 1, turns: 2, tokens: 200, input: 180, cached: 80, output: 20, usd: 0.2 },
        turnsWithoutCost: 0,
      },
    ]);
  });

  it('of nothing is nothing', () => {
    expect(groupUsage([], 'task')).toEqual([]);
    expect(totalOf('all', [])).toMatchObject({ runs: 0, turns: 0, tokens: 0, usd: null });
  });

  it('a key from a file is only a key', () => {
    const rows = groupUsage([entry({ task: '__proto__' }), entry({ task: 'constructor', turn: 2 })], 'task');
    expect(rows.map(({ key }) => key)).toEqual(['__proto__', 'constructor']);
  });
});
