import type { GitPlace, System } from '../../system/ports.ts';

/** Seconds without a byte of the remote's after which a connection counts as dead. A server at work sends something every 5. */
const SILENCE = 60;
/** Seconds to answer at all. */
const CONNECT = 30;

/**
 * What makes git notice that a remote has fallen silent, as variables for its environment: over http its own limits, over ssh
 * questions that the server's ssh answers. A fetch may bring much and has a long limit of its own; on a connection that is dead
 * it would wait for all of it, and renewals of the lock with it. Whoever names an ssh command in their git config has the say.
 */
export async function silenceLimits(
  system: Pick<System, 'git'>,
  place: GitPlace,
): Promise<Record<string, string>> {
  const http = { GIT_HTTP_LOW_SPEED_LIMIT: '1', GIT_HTTP_LOW_SPEED_TIME: String(SILENCE) };
  const asked = await system.git.run(place, ['config', '--get', 'core.sshCommand'], { ok: [0, 1] });
  if (asked.code === 0) return http;
  const settings = {
    ConnectTimeout: CONNECT,
    ServerAliveInterval: SILENCE / 4,
    ServerAliveCountMax: 4,
  };
  const options = Object.entries(settings).map(([name, value]) => `-o ${name}=${value}`);
  return { ...http, GIT_SSH_COMMAND: `ssh ${options.join(' ')}` };
}
