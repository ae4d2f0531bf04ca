import type { Preset } from './preset.ts';
import { readCodex } from './read-codex.ts';

/**
 * Codex (seen: 0.169). Its own sandbox is off: it cannot commit in a linked worktree, and keeping the agent in its place is
 * the role's `isolation`. Without one it can do what the person can, like every other client.
 */
export const codex: Preset = {
  name: 'codex',
  program: 'codex',
  args: ({ session, args, worktree }) => [
    ...['exec', '--json', '--color', 'never', '-C', worktree],
    // As settings, not as options: those of the person's own arguments win.
    ...['-c', 'sandbox_mode="danger-full-access"', '-c', 'approval_policy="never"'],
    ...args,
    ...(session === null ? [] : ['resume', session]),
    '-',
  ],
  env: () => ({}),
  login: ['.codex/auth.json', '.codex/config.toml'],
  howToLogIn:
    'run `codex login`; or set CODEX_API_KEY and name it in `env` of rota.yaml (with CODEX_HOME, if you have one)',
  countsSession: true,
  reader: readCodex,
};
