import { baseEnvironment } from './base-environment.ts';

/**
 * Everything that a gate command sees of the environment: the base variables and those that the command itself names, never
 * the ones meant for agents. ROTA_RUN lets rota find what the command leaves running.
 */
export function gateEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  named: readonly string[],
  run: string,
): Record<string, string> {
  return baseEnvironment(variables, named, run);
}
