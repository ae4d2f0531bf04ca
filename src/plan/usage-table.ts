import type { Usage } from '../events.ts';
import { addUsage, tokensOf } from './usage.ts';
import { dayOf, type UsageEntry } from './usage-entry.ts';

export const USAGE_GROUPS = ['role', 'task', 'agent', 'day', 'run'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** What belongs together, added up. */
export interface UsageRow extends Usage {
  readonly key: string;
  readonly runs: number;
  readonly turns: number;
  readonly tokens: number;
  /** Turns whose client did not say what they cost. */
  readonly turnsWithoutCost: number;
}

/** One row for each role, task…: days and runs in their order, the others with the most tokens first. */
export function groupUsage(entries: readonly UsageEntry[], by: UsageGroup): UsageRow[] {
  const groups = new Map<string, UsageEntry[]>();
  for (const entry of entries) {
    const key = keyOf(entry, by);
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  const rows = [...groups].map(([key, members]) => totalOf(key, members));
  const inTime = by === 'day' || by === 'run';
  return rows.sort((a, b) => (inTime ? 0 : b.tokens - a.tokens) || (a.key < b.key ? -1 : 1));
}

/** All of them together. */
export function totalOf(key: string, entries: readonly UsageEntry[]): UsageRow {
  const sum = entries.reduce<Usage | null>((total, { usage }) => addUsage(total, usage), null);
  const usage = sum ?? { input: 0, cached: 0, output: 0, usd: null };
  return {
    key,
    runs: new Set(entries.map(({ run }) => run)).size,
    turns: entries.length,
    ...usage,
    tokens: tokensOf(usage),
    turnsWithoutCost: entries.filter(({ usage: { usd } }) => usd === null).length,
  };
}

function keyOf(entry: UsageEntry, by: UsageGroup): string {
  return by === 'day' ? dayOf(entry.time) : entry[by];
}
