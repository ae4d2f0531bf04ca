import { type BacklogRule, problemAt } from './backlog-rule.ts';

/** `role` names none of the roles. */
export const unknownRole: BacklogRule = ({ tasks, roles }) =>
  tasks.flatMap((placed) => {
    const { role, id } = placed.task;
    if (role === null || roles.some(({ name }) => name === role)) return [];
    const known = roles.map(({ name }) => name).join(', ');
    const message = `${id} asks for role ${role}; expected one of: ${known === '' ? '(no roles yet)' : known}`;
    return [problemAt(placed, 'role', 'unknown-role', message)];
  });
