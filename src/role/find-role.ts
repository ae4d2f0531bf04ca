import { type Problem, RotaError } from '../errors.ts';
import { plainText } from '../task/text.ts';
import { closestName } from './closest-name.ts';
import type { Role } from './role.ts';

/**
 * The role of this name.
 *
 * @throws RotaError `role` when its file is wrong, `usage` when there is none: it names those that are there
 */
export function findRole(
  given: string,
  { roles, problems }: { readonly roles: readonly Role[]; readonly problems: readonly Problem[] },
): Role {
  const name = given.toLowerCase();
  const found = roles.find((role) => role.name === name);
  if (found !== undefined) return found;
  const broken = problems.filter(({ file }) => file === `roles/${name}.md`);
  if (broken.length > 0) {
    const lines = broken.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    const hint = 'Correct it and commit it on main; rota reads it from there, not from a working folder.';
    throw new RotaError('role', lines.join('\n'), hint);
  }
  const names = roles.map((role) => role.name).sort();
  const nearest = closestName(name, names);
  const there =
    names.length === 0 ? 'roles/ on main is empty; rota init writes five' : `There are: ${names.join(', ')}`;
  const hint = nearest === null ? `${there}.` : `Did you mean ${nearest}? ${there}.`;
  throw new RotaError('usage', `There is no role '${plainText(given)}' on main.`, hint);
}
