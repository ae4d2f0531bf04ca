import { dirname } from 'node:path';
import { realGit } from '../system/git.ts';
import type { System } from '../system/ports.ts';

/** What of the person's environment the demo and its programs see. */
const KEPT = ['PATH', 'LANG', 'TMPDIR', 'TERM', 'NO_COLOR', 'FORCE_COLOR', 'ROTA_RUN'];

/**
 * The same system with a HOME of its own: the person's git config, caches and keys are neither read nor written.
 *
 * @param program the node that runs rota: found by the demo's agent and tests where PATH has none
 */
export function demoSystem(system: System, home: string, program: string): System {
  const variables: Record<string, string> = {};
  for (const name of KEPT) {
    const value = system.environment.variables[name];
    if (value !== undefined) variables[name] = value;
  }
  const path = variables['PATH'] ?? '/usr/bin:/bin';
  Object.assign(variables, {
    PATH: `${path}:${dirname(program)}`,
    HOME: home,
    XDG_CACHE_HOME: `${home}/.cache`,
    XDG_CONFIG_HOME: `${home}/.config`,
    USER: 'demo',
  });
  return {
    ...system,
    git: realGit(system.processes, variables),
    environment: { ...system.environment, variables, by: 'demo' },
  };
}
