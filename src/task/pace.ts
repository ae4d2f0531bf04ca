import type { Pace } from '../config.ts';
import { parseRepeat } from './repeat.ts';

/** Reads `every 20m`, `20m` or a cron expression; null for anything else. */
export function parsePace(text: string): Pace | null {
  return parseRepeat(text.trim().replace(/^every\s+/i, ''));
}

/** A pace as people write it. */
export function paceInWords(pace: Pace): string {
  if (pace.kind === 'cron') return pace.expression;
  const unit = UNITS.find(([, ms]) => pace.ms % ms === 0) ?? UNITS.at(-1)!;
  return `every ${pace.ms / unit[1]}${unit[0]}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;
