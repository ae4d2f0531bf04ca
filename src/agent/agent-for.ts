import type { AgentConfig } from '../config.ts';
import type { System } from '../system/ports.ts';
import type { Agent } from './agent.ts';
import { commandAgent } from './command.ts';

/** The agent that one of rota.yaml's `agents` describes. */
export async function agentFor(system: System, name: string, config: AgentConfig): Promise<Agent> {
  switch (config.kind) {
    case 'command':
      return commandAgent(system, name, config);
    case 'preset': {
      const { presetAgent } = await import('./presets/preset-agent.ts');
      const { presetOf } = await import('./presets/known-presets.ts');
      return presetAgent(system, name, config, await presetOf(config.preset));
    }
    case 'acp': {
      const { acpAgent } = await import('./acp/acp-agent.ts');
      const { loginOf } = await import('./login-of.ts');
      return acpAgent(system, name, config, config.login ?? (await loginOf(config.command)));
    }
    default:
      return config satisfies never;
  }
}
