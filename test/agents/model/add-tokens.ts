import type { ModelUsage } from './model-turn.ts';

export function addTokens(left: ModelUsage, right: ModelUsage): ModelUsage {
  return {
    input: left.input + right.input,
    cached: left.cached + right.cached,
    output: left.output + right.output,
  };
}
