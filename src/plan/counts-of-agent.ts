import type { AgentConfig } from '../config.ts';

/** What an agent's client counts of itself; null: that is seen only when it works. */
export interface CountsOfAgent {
  readonly tokens: boolean | null;
  readonly usd: boolean | null;
}

/** As seen of each client. Those without a list of prices know no cost. */
export function countsOfAgent(agent: AgentConfig): CountsOfAgent {
  if (agent.kind === 'command') return { tokens: false, usd: false };
  if (agent.kind === 'acp') return { tokens: null, usd: null };
  return { tokens: true, usd: agent.preset === 'codex' || agent.preset === 'gemini' ? false : null };
}
