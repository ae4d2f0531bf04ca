import type { AgentConfig, Config } from '../config.ts';
import type { Role } from './role.ts';

/** The role that is a program of rota's own: `rota run sweeper` is `rota sweep`. */
export const SWEEPER = 'sweeper';

export interface RoleAgent {
  readonly name: string;
  readonly agent: AgentConfig;
  /** `result:` of the role; without it optional for a `command`, which may know nothing of results. */
  readonly result: 'required' | 'optional';
}

/** The agent that does a role's work: the one it names, else the only one there is. Null: none, see checkRoles. */
export function agentOf(role: Role, config: Config): RoleAgent | null {
  const names = Object.keys(config.agents);
  const name = role.agent ?? (names.length === 1 ? names[0] : undefined);
  if (role.name === SWEEPER || name === undefined || !Object.hasOwn(config.agents, name)) return null;
  const agent = config.agents[name];
  if (agent === undefined) return null;
  return { name, agent, result: role.result ?? (agent.kind === 'command' ? 'optional' : 'required') };
}
