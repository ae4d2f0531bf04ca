import type { Config } from '../config.ts';
import { RotaError } from '../errors.ts';
import { plainText } from '../task/text.ts';
import { closestName } from './closest-name.ts';
import type { Role } from './role.ts';

/**
 * A role with another agent for once; null: as it is.
 *
 * @throws RotaError `usage` for a name that rota.yaml does not have
 */
export function withAgent(role: Role, name: string | null, { agents }: Config): Role {
  if (name === null) return role;
  if (Object.hasOwn(agents, name)) return { ...role, agent: name };
  const known = Object.keys(agents);
  const nearest = closestName(name, known);
  const hint = `${nearest === null ? '' : `Did you mean ${nearest}? `}There are: ${known.join(', ') || 'none'}.`;
  throw new RotaError('usage', `rota.yaml has no agent '${plainText(name).slice(0, 60)}'.`, hint);
}
