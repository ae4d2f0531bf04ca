import { dirname } from 'node:path';
import type { Preset } from './preset.ts';
import { readClaude } from './read-claude.ts';

/**
 * What it may do without asking, for nobody is there to ask: run programs, read. Its edits are accepted below its folder and
 * beside the result; elsewhere they are denied, below `.git` always. As root it has no mode that asks for nothing.
 */
const ALLOWED = ['Bash', 'Read', 'Glob', 'Grep', 'WebFetch', 'WebSearch'];

/** Claude Code (seen: 2.1). */
export const claude: Preset = {
  name: 'claude',
  program: 'claude',
  args: ({ session, args, resultFile, mostUsd = null }) => [
    ...['-p', '--output-format', 'stream-json', '--verbose'],
    ...['--add-dir', dirname(resultFile)],
    ...['--allowedTools', ALLOWED.join(',')],
    ...['--permission-mode', 'acceptEdits'],
    ...(session === null ? [] : ['--resume', session]),
    // It tells its cost at the end only. Cents: less than one is none.
    ...(mostUsd === null ? [] : ['--max-budget-usd', Math.max(mostUsd, 0.01).toFixed(2)]),
    ...args,
  ],
  // Never another version half-way through a run.
  env: () => ({ DISABLE_AUTOUPDATER: '1' }),
  login: ['.claude/.credentials.json', '.claude/settings.json'],
  howToLogIn:
    'run `claude` and then /login; or set ANTHROPIC_API_KEY, or CLAUDE_CODE_OAUTH_TOKEN from `claude setup-token`, and name it in `env` of rota.yaml',
  reader: readClaude,
};
