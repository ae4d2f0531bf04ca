const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const LONGEST = 3660 * UNITS.d;

/** Milliseconds of `250ms`, `90s`, `60m`, `12h`, `7d` or `2w`; null for anything else or over ten years. */
export function parseDuration(text: string): number | null {
  const match = /^([0-9]{1,9})(ms|s|m|h|d|w)$/.exec(text.trim());
  if (match === null) return null;
  const ms = Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
  return ms <= LONGEST ? ms : null;
}
