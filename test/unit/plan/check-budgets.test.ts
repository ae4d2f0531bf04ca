import { expect, test } from 'vitest';
import type { AgentConfig, Budget, Config } from '../../../src/config.ts';
import { checkBudgets } from '../../../src/run/doctor/check-budgets.ts';
import { makeRole } from './make.ts';

const command: AgentConfig = { kind: 'command', command: ['x'], prompt: 'stdin' };
const preset = (name: 'claude' | 'codex' | 'gemini'): AgentConfig => ({
  kind: 'preset',
  preset: name,
  args: [],
});
const acp: AgentConfig = { kind: 'acp', command: ['x'], mode: null };
const TOKENS: Budget = { tokens: 5, usd: null, per: 'day' };
const USD: Budget = { tokens: null, usd: 5, per: 'run' };

function says(agent: AgentConfig, all: readonly Budget[], own: readonly Budget[] = []): string[] {
  const config = { agents: { mine: agent }, budget: all } as unknown as Config;
  const roles = [makeRole('developer', { budget: own })];
  return checkBudgets({ config, roles }).map((finding) => `${finding.state}: ${finding.says}`);
}

test.each([
  [command, [TOKENS], [], 'tokens'],
  [command, [], [TOKENS, USD], 'tokens and cost'],
  [preset('codex'), [USD], [TOKENS], 'cost'],
  [preset('gemini'), [], [USD], 'cost'],
] as const)('what cannot be held is said: %o', (agent, all, own, what) => {
  expect(says(agent, all, own)).toEqual([
    `warning: mine does not say its ${what}, so developer cannot be held to the budget of that`,
  ]);
});

test.each([
  [command, []],
  [preset('claude'), [TOKENS, USD]],
  [preset('codex'), [TOKENS]],
  [acp, [TOKENS, USD]],
] as const)('nothing is said where it counts, may count, or need not: %o', (agent, all) => {
  expect(says(agent, all)).toEqual([]);
});
