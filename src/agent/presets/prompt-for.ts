import type { AgentConfig } from '../../config.ts';
import { presetOf } from './known-presets.ts';

/** A prompt as this agent gets it: some clients need it written so that they take none of it for commands of their own. */
export async function promptFor(agent: AgentConfig, text: string): Promise<string> {
  if (agent.kind !== 'preset') return text;
  return (await presetOf(agent.preset)).prompt?.(text) ?? text;
}
