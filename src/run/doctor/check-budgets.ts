import type { Config } from '../../config.ts';
import { budgetsOf } from '../../plan/budget.ts';
import { countsOfAgent } from '../../plan/counts-of-agent.ts';
import { agentOf } from '../../role/agent-of.ts';
import type { Role } from '../../role/role.ts';
import type { Finding } from './finding.ts';

/** Budgets that a role cannot be held to, because its agent does not count what they limit. */
export function checkBudgets({
  config,
  roles,
}: {
  readonly config: Config;
  readonly roles: readonly Role[];
}): Finding[] {
  return roles.flatMap((role): Finding[] => {
    const worker = agentOf(role, config);
    if (worker === null) return [];
    const counts = countsOfAgent(worker.agent);
    const budgets = budgetsOf(role, config).map(({ budget }) => budget);
    const missing = [
      ...(counts.tokens === false && budgets.some(({ tokens }) => tokens !== null) ? ['tokens'] : []),
      ...(counts.usd === false && budgets.some(({ usd }) => usd !== null) ? ['cost'] : []),
    ].join(' and ');
    if (missing === '') return [];
    return [
      {
        area: 'agents',
        state: 'warning',
        says: `${worker.name} does not say its ${missing}, so ${role.name} cannot be held to the budget of that`,
        mend:
          missing === 'cost'
            ? 'Limit its tokens instead: budget: {tokens: 2M}'
            : "Use the client's own limit in its command line, or a preset, which counts.",
      },
    ];
  });
}
