import type { Preset } from './preset.ts';

/** Codex. */
export const codex: Preset = {
  name: 'codex',
  program: 'codex',
  args: ({ session, args }) => [
    '-p',
    '--output-format',
    'stream-json',
    '--verbose',
    ...(session === null ? [] : ['--resume', session]),
    ...args,
  ],
  env: () => ({}),
  login: ['.codex/.credentials.json', '.codex/settings.json'],
  howToLogIn: 'run `codex` once and log in, or set ANTHROPIC_API_KEY and name it in `env` of rota.yaml',
  reader: () => ({ feed: () => [], verdict: () => ({ session: null, usage: null, failure: null }) }),
};
