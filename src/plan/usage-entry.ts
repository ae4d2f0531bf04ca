import type { Usage } from '../events.ts';
import { parseUsage } from './usage.ts';

/** What one turn of an agent used; one line of the ledger. */
export interface UsageEntry {
  /** When the turn ended, or was last heard of. ISO. */
  readonly time: string;
  readonly run: string;
  /** Of the run, from 1. */
  readonly turn: number;
  readonly role: string;
  /** Id as written. */
  readonly task: string;
  /** As rota.yaml calls it. */
  readonly agent: string;
  readonly usage: Usage;
}

/** A line of the ledger; null: it is none (torn by a crash, written by somebody else). */
export function parseUsageEntry(line: string): UsageEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { time, run, turn, role, task, agent, usage } = value as Record<string, unknown>;
  const read = parseUsage(usage);
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time)) || read === null) return null;
  if (typeof run !== 'string' || typeof turn !== 'number' || typeof role !== 'string') return null;
  if (typeof task !== 'string' || typeof agent !== 'string') return null;
  return { time, run, turn, role, task, agent, usage: read };
}

/** Each turn once: a crash between two steps may have left it twice. The first one counts. */
export function eachTurnOnce(entries: readonly UsageEntry[]): UsageEntry[] {
  const seen = new Map<string, UsageEntry>();
  for (const entry of entries) {
    const key = `${entry.run} ${entry.turn}`;
    if (!seen.has(key)) seen.set(key, entry);
  }
  return [...seen.values()];
}

/** The day of UTC that an instant is in, `2026-11-21`. */
export function dayOf(time: string | Date): string {
  return new Date(time).toISOString().slice(0, 10);
}
