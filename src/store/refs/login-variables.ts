import type { System } from '../../system/ports.ts';

/**
 * Variables that credential helpers of the person's git config read (`gh auth git-credential`, `glab auth git-credential`, a
 * line of shell as in examples/). The last two are rota's own: unlike `GIT_*` they reach git, and no agent can be given them.
 */
const NAMES = [
  ...[
    'GH_TOKEN',
    'GITHUB_TOKEN',
    'GH_ENTERPRISE_TOKEN',
    'GITHUB_ENTERPRISE_TOKEN',
    'GH_HOST',
    'GH_CONFIG_DIR',
  ],
  ...['GITLAB_TOKEN', 'CI_JOB_TOKEN', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['ROTA_GIT_USER', 'ROTA_GIT_PASSWORD'],
];

/** What git needs beside the person's config to log in. Only for calls to a remote that no repository's config takes part in. */
export function loginVariables({ environment }: Pick<System, 'environment'>): Record<string, string> {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = environment.variables[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
