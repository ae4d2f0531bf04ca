import { hasOption } from './has-option.ts';
import type { Preset } from './preset.ts';
import { readOpencode } from './read-opencode.ts';

/**
 * OpenCode (seen: 1.18). `--auto` grants what its configuration would ask for and nobody could answer; what the configuration
 * denies stays denied. Its log of errors on stderr is all that it says while it waits for a server that is down.
 */
export const opencode: Preset = {
  name: 'opencode',
  program: 'opencode',
  args: ({ session, args }) => [
    'run',
    ...['--format', 'json'],
    '--auto',
    ...['--print-logs', '--log-level', 'ERROR'],
    // Without one it asks the model for a title, and leaves that out of its usage.
    ...(hasOption(args, '--title') ? [] : ['--title', 'rota']),
    ...(session === null ? [] : ['--session', session]),
    ...args,
  ],
  // Never another version half-way through a run.
  env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1' }),
  login: [
    '.local/share/opencode/auth.json',
    '.config/opencode/opencode.json',
    '.config/opencode/opencode.jsonc',
  ],
  howToLogIn:
    'run `opencode auth login`, or set the key of its provider, e.g. ANTHROPIC_API_KEY, and name it in `env` of rota.yaml',
  reader: readOpencode,
};
