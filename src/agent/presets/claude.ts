import type { Preset } from './preset.ts';

/** Claude Code. */
export const claude: Preset = {
  name: 'claude',
  program: 'claude',
  args: ({ session, args }) => [
    '-p',
    '--output-format',
    'stream-json',
    '--verbose',
    ...(session === null ? [] : ['--resume', session]),
    ...args,
  ],
  env: () => ({}),
  login: ['.claude/.credentials.json', '.claude/settings.json'],
  howToLogIn: 'run `claude` once and log in, or set ANTHROPIC_API_KEY and name it in `env` of rota.yaml',
  reader: () => ({ feed: () => [], verdict: () => ({ session: null, usage: null, failure: null }) }),
};
