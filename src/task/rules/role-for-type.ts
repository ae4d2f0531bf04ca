import { type BacklogRule, problemAt } from './backlog-rule.ts';

/** A task without `role:` must be taken by exactly one role. Epics and tasks that are over are left out. */
export const roleForType: BacklogRule = ({ tasks, roles }) =>
  tasks.flatMap((placed) => {
    const { role, type, status, id } = placed.task;
    if (role !== null || type === 'epic' || status === 'done' || status === 'dropped') return [];
    const takers = roles.filter(({ takes }) => takes.type.includes(type)).map(({ name }) => name);
    if (takers.length === 1) return [];
    const line = Object.hasOwn(placed.lines, 'type') ? 'type' : 'id';
    if (takers.length === 0) {
      return [
        problemAt(
          placed,
          line,
          'no-role',
          `no role takes ${type} tasks, so nobody would take ${id}; name one with \`role:\``,
        ),
      ];
    }
    const message = `${takers.join(' and ')} all take ${type} tasks; say in ${id} which one with \`role:\``;
    return [problemAt(placed, line, 'two-roles', message)];
  });
