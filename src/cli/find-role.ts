import { RotaError } from '../errors.ts';
import { closestName } from '../role/closest-name.ts';
import type { Role } from '../role/role.ts';
import { plainText } from '../task/text.ts';

/**
 * The role of this name.
 *
 * @throws RotaError `role` that names the nearest one
 */
export function findRole(name: string, roles: readonly Role[]): Role {
  const found = roles.find((role) => role.name === name.toLowerCase());
  if (found !== undefined) return found;
  const names = roles.map((role) => role.name);
  const nearest = closestName(name, names);
  const hint =
    nearest === null
      ? `There are: ${names.join(', ') || 'none; rota init writes them'}.`
      : `Did you mean ${nearest}?`;
  throw new RotaError('role', `There is no role '${plainText(name)}' on main.`, hint);
}
