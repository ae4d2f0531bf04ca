import type { Usage } from '../events.ts';

/** Everything that a client read and wrote: what `tokens` of a budget counts. */
export function tokensOf({ input, output }: Usage): number {
  return input + output;
}

/** Usage as somebody wrote it down; null: it is none. Something negative would make room in a budget. */
export function parseUsage(value: unknown): Usage | null {
  if (typeof value !== 'object' || value === null) return null;
  const { input, cached, output, usd } = value as Record<string, unknown>;
  if (!isCount(input) || !isCount(cached) || !isCount(output)) return null;
  return usd === null || isCount(usd) ? { input, cached, output, usd } : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** Both together; null: none of them was counted. What one of them did not cost in words (`usd: null`) adds nothing. */
export function addUsage(one: Usage | null, other: Usage): Usage;
export function addUsage(one: Usage | null, other: Usage | null): Usage | null;
export function addUsage(one: Usage | null, other: Usage | null): Usage | null {
  if (one === null || other === null) return one ?? other;
  const usd = one.usd === null && other.usd === null ? null : (one.usd ?? 0) + (other.usd ?? 0);
  return {
    input: one.input + other.input,
    cached: one.cached + other.cached,
    output: one.output + other.output,
    usd: roundUsd(usd),
  };
}

/** Sums of cents in binary end in 0.30000000000000004. */
export function roundUsd(usd: number | null): number | null {
  return usd === null ? null : Math.round(usd * 1e9) / 1e9;
}

/** `12`, `3.4k`, `512k`, `2M`: never less than it is, so that what is over a limit looks so. */
export function formatTokens(tokens: number): string {
  const [unit, size] =
    tokens < 1000 ? (['', 1] as const) : tokens < 1e6 ? (['k', 1e3] as const) : (['M', 1e6] as const);
  const digits = tokens / size < 100 ? 10 : 1;
  return `${Math.ceil((tokens / size) * digits) / digits}${unit}`;
}

/** `$10`, `$0.25`, `$0.0034`. */
export function formatUsd(usd: number): string {
  if (Number.isInteger(usd)) return `$${usd}`;
  return `$${usd < 0.1 ? Number(usd.toPrecision(2)) : usd.toFixed(2)}`;
}
