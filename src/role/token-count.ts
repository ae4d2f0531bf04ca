const UNITS = { '': 1, k: 1e3, m: 1e6, g: 1e9 } as const;
const LARGEST = 1e12;

/** Tokens of `500k`, `2M`, `1.5M` or `1500000`; null for anything else, for nothing, and for more than 1000G. */
export function parseTokenCount(text: string): number | null {
  const match = /^([0-9]{1,13}(?:\.[0-9]{1,3})?)[ ]?([kmg]?)$/i.exec(text.trim());
  if (match === null) return null;
  const tokens = Number(match[1]) * UNITS[(match[2] ?? '').toLowerCase() as keyof typeof UNITS];
  return Number.isInteger(tokens) && tokens > 0 && tokens <= LARGEST ? tokens : null;
}
