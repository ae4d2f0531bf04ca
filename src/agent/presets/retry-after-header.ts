import { textAt } from './json-fields.ts';

/**
 * Milliseconds that a server asks to be left alone, of its answer's headers; null: it does not ask. A date is taken for none:
 * its clock is not ours.
 */
export function retryAfterHeader(headers: unknown): number | null {
  const precise = Number(textAt(headers, 'retry-after-ms') || Number.NaN);
  if (precise >= 0 && Number.isFinite(precise)) return precise;
  const seconds = Number(textAt(headers, 'retry-after') || Number.NaN);
  return seconds >= 0 && Number.isFinite(seconds) ? seconds * 1000 : null;
}
