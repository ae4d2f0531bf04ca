import type { Place, ScheduleFile } from './planned.ts';

/** Where the script of a place is. */
export function startScriptOf({ home, name }: Pick<Place, 'home' | 'name'>): string {
  return `${home}/.config/rota/${name}/start`;
}

/**
 * The script that every schedule on this machine calls: it knows what cron, systemd and launchd do not, the folder, PATH and
 * the variables for agents. One place, so that a schedule's own lines stay short (cron cuts them at about 1,000 letters).
 *
 * @param users the schedulers that call it
 */
export function startScript(place: Place, users: readonly string[]): ScheduleFile {
  const { folder, rota, path, variables, envFile } = place;
  const exported = Object.entries({ PATH: path, ...variables }).map(
    ([name, value]) => `${name}=${quoted(value)}\nexport ${name}\n`,
  );
  const text = `#!/bin/sh
# Written by \`rota schedule install\`, which also changes and removes it.
${USERS}${users.join(' ')}
${exported.join('')}# Variables for agents, a line each: NAME=value. Keep it readable for yourself alone.
if [ -r ${quoted(envFile)} ]; then set -a; . ${quoted(envFile)}; set +a; fi
cd ${quoted(folder)} || exit 3
exec ${rota.map(quoted).join(' ')} "$@"
`;
  return { path: startScriptOf(place), text };
}

const USERS = '# Called by: ';

/** The schedulers that call a script of ours. */
export function usersOf(script: string): string[] {
  const line = script.split('\n').find((one) => one.startsWith(USERS)) ?? USERS;
  return line
    .slice(USERS.length)
    .split(' ')
    .filter((name) => name !== '');
}

/** One word for sh, whatever is in it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
