import type { AgentConfig, Config } from '../config.ts';
import type { Role } from '../role/role.ts';

/** The kernel takes no argument of a program that is longer (MAX_ARG_STRLEN), its end included. */
const LONGEST_ARGUMENT = 131_071;

/** Bytes that a prompt of this role may have. */
export function promptLimit(
  config: Pick<Config, 'limits'>,
  role: Pick<Role, 'limits'>,
  agent: AgentConfig | undefined,
): number {
  const limit = role.limits.prompt ?? config.limits.prompt;
  const asArgument = agent?.kind === 'command' && agent.prompt === 'arg';
  return asArgument ? Math.min(limit, LONGEST_ARGUMENT) : limit;
}
