import type { Usage } from '../../events.ts';

interface Counted {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  /** US dollars as the client says. */
  readonly cost: number | null;
}

/**
 * Usage of a client that has a list of prices: 0 dollars means that its list does not have the model, or that a subscription
 * pays. Neither is a cost of 0.
 */
export function pricedUsage({ input, cached, output, cost }: Counted): Usage {
  return { input, cached, output, usd: cost === 0 ? null : cost };
}
