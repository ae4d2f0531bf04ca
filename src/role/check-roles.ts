import type { Config } from '../config.ts';
import type { Problem } from '../errors.ts';
import { agentOf, SWEEPER } from './agent-of.ts';
import { closestName } from './closest-name.ts';
import type { Role } from './role.ts';

/**
 * What is wrong with roles that are each in order, beside rota.yaml: an agent that is not there, no agent where one
 * is needed, one where none is used. `lineOf` finds a key's line in a role's file (parse-role.ts gives the lines).
 */
export function checkRoles(
  roles: readonly Role[],
  config: Config,
  lineOf: (role: Role, key: string) => number = () => 1,
): Problem[] {
  return roles.flatMap((role) => {
    const problem = (key: string, rule: string, message: string): Problem => ({
      file: role.file,
      line: lineOf(role, key),
      rule,
      message,
    });
    if (role.name === SWEEPER) {
      return [
        ...(role.agent === null ? [] : [problem('agent', 'sweeper-agent', SWEEPER_AGENT)]),
        ...(role.takes.type.length === 0 ? [] : [problem('takes', 'sweeper-takes', SWEEPER_TAKES)]),
      ];
    }
    const names = Object.keys(config.agents);
    const noImage = role.isolation === 'container' && config.isolation.image === null;
    return [
      ...(noImage ? [problem('isolation', 'no-image', NO_IMAGE)] : []),
      ...(agentOf(role, config) !== null
        ? []
        : role.agent === null
          ? [problem('agent', 'no-agent', noAgent(role.name, names))]
          : [problem('agent', 'unknown-agent', unknownAgent(role.agent, names))]),
    ];
  });
}

const NO_IMAGE =
  '`isolation: container` needs an image; expected rota.yaml to name one: `isolation: {image: "node:20"}`';
const SWEEPER_AGENT = 'the sweeper has no agent (it is `rota sweep`, a program); expected no `agent:`';
const SWEEPER_TAKES = 'the sweeper takes no tasks (it is `rota sweep`, a program); expected no types';

function noAgent(role: string, names: readonly string[]): string {
  if (names.length === 0)
    return `nothing does the work of ${role}: rota.yaml has no \`agents:\`; expected at least one`;
  return `${role} does not say which agent does its work; expected \`agent:\` with one of ${names.join(', ')}`;
}

function unknownAgent(agent: string, names: readonly string[]): string {
  if (names.length === 0)
    return `the agent "${agent}" is not in rota.yaml, which has no \`agents:\`; expected it there`;
  const nearest = closestName(agent, names);
  const known = nearest === null ? `expected one of ${names.join(', ')}` : `the nearest is ${nearest}`;
  return `the agent "${agent}" is not in rota.yaml; ${known}`;
}
