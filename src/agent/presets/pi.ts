import type { Preset } from './preset.ts';
import { readPi } from './read-pi.ts';

/**
 * Pi. It has no permissions: every tool that it is given works, also as root. It gives up on its own after three retries,
 * and then exits with 0 whatever went wrong: only its last answer tells.
 */
export const pi: Preset = {
  name: 'pi',
  program: 'pi',
  args: ({ session, args }) => [
    '-p',
    ...['--mode', 'json'],
    ...(session === null ? [] : ['--session', session]),
    ...args,
  ],
  // Nobody is there to read about a newer version.
  env: () => ({ PI_SKIP_VERSION_CHECK: '1' }),
  login: ['.pi/agent/auth.json', '.pi/agent/models.json', '.pi/agent/settings.json'],
  howToLogIn:
    'run `pi` once and use /login, or set the key of its provider, e.g. ANTHROPIC_API_KEY, and name it in `env` of rota.yaml',
  reader: readPi,
};
