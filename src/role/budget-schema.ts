import * as z from 'zod/mini';
import { BUDGET_SPANS, type Budget } from '../config.ts';
import { parseTokenCount } from './token-count.ts';

const MAP = 'a map such as {tokens: 2M, usd: 10, per: day}';
const TOKENS = 'a count of tokens such as 500k, 2M or 1500000, at most 1000G';
const USD = 'US dollars as a number such as 10 or 0.5, at most 1000000';
const SPAN = BUDGET_SPANS.join(', ').replace(/, (?=[^,]*$)/, ' or ');

const entry = z.strictObject(
  {
    tokens: z.optional(
      z.pipe(
        z
          .union([z.string(), z.number()], TOKENS)
          .check(z.refine((count) => parseTokenCount(String(count)) !== null, TOKENS)),
        z.transform((count) => parseTokenCount(String(count)) ?? 0),
      ),
    ),
    usd: z.optional(z.number(USD).check(z.refine((usd) => usd > 0 && usd <= 1_000_000, USD))),
    per: z.optional(z.enum(BUDGET_SPANS, SPAN)),
  },
  MAP,
);

const limited = entry.check(
  z.refine(
    ({ tokens, usd }) => tokens !== undefined || usd !== undefined,
    'at least one of `tokens: 2M` and `usd: 10`',
  ),
);

/** `budget` of rota.yaml (everything together) and of a role file: one, or a list of them. */
export const budgetSchema = z.union([limited, z.array(limited)], `${MAP}, or a list of such maps`);

export const BUDGET_KEYS: readonly string[] = Object.keys(entry.shape);

/** Every entry with its defaults. */
export function toBudget(shape: z.infer<typeof budgetSchema> | undefined): Budget[] {
  if (shape === undefined) return [];
  return (Array.isArray(shape) ? shape : [shape]).map(({ tokens, usd, per }) => ({
    tokens: tokens ?? null,
    usd: usd ?? null,
    per: per ?? 'day',
  }));
}
