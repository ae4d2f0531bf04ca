import type { Usage } from '../../events.ts';
import { fieldAt, numberAt, textAt, tokensAt } from '../presets/json-fields.ts';

/** What an agent of the protocol says about tokens and cost, in its several ways. Takes anything and never throws. */
export interface UsageMeter {
  /** A `usage_update`; returns what the turn used so far, null while that is not known. */
  update(update: unknown): Usage | null;
  /** The prompt is sent: what was counted until now belongs to earlier turns. */
  begin(): void;
  /** The answer to `session/prompt`; returns what the turn used, null where the agent does not count. */
  end(answer: unknown): Usage | null;
}

/** @param resumed whether the session had turns before, whose cost is in its sum */
export function usageMeter(resumed: boolean): UsageMeter {
  let begun = false;
  /** Of the session until the prompt; null: not known. */
  let paid: number | null = resumed ? null : 0;
  let cost: number | null = null;
  /** Tokens of the context: whatever else was read, so many were. */
  let most: number | null = null;

  const usd = () => (cost === null || paid === null ? null : Math.max(0, cost - paid));
  const atLeast = (): Usage | null =>
    most === null && usd() === null ? null : { input: most ?? 0, cached: 0, output: 0, usd: usd() };

  return {
    begin: () => {
      begun = true;
      most = null;
    },
    update: (update) => {
      const amount = textAt(update, 'cost', 'currency') === 'USD' ? numberAt(update, 'cost', 'amount') : null;
      if (amount !== null) cost = amount;
      if (!begun) {
        if (amount !== null) paid = amount;
        return null;
      }
      const used = numberAt(update, 'used');
      if (used !== null) most = Math.max(most ?? 0, Math.round(used));
      return atLeast();
    },
    end: (answer) => {
      const counted = inAnswer(answer) ?? inQuota(answer);
      return counted === null ? atLeast() : { ...counted, usd: usd() };
    },
  };
}

type Counted = Omit<Usage, 'usd'>;

/** `usage`, not yet in the stable protocol. Whether its parts are in one another is told by the sum alone. */
function inAnswer(answer: unknown): Counted | null {
  const usage = fieldAt(answer, 'usage');
  if (numberAt(usage, 'inputTokens') === null) return null;
  const input = tokensAt(usage, 'inputTokens');
  const output = tokensAt(usage, 'outputTokens');
  const thought = tokensAt(usage, 'thoughtTokens');
  const read = tokensAt(usage, 'cachedReadTokens');
  const cache = read + tokensAt(usage, 'cachedWriteTokens');
  const total = tokensAt(usage, 'totalTokens');
  const rest = total - input - output;
  const cacheApart = cache > 0 && (rest === cache || rest === cache + thought || read > input);
  const thoughtApart = thought > 0 && (rest === cache + thought || (rest === thought && !cacheApart));
  return {
    input: input + (cacheApart ? cache : 0),
    cached: read,
    output: output + (thoughtApart ? thought : 0),
  };
}

/** As gemini says it. */
function inQuota(answer: unknown): Counted | null {
  const count = fieldAt(answer, '_meta', 'quota', 'token_count');
  if (numberAt(count, 'input_tokens') === null) return null;
  return {
    input: tokensAt(count, 'input_tokens'),
    cached: tokensAt(count, 'cached_tokens'),
    output: tokensAt(count, 'output_tokens'),
  };
}
