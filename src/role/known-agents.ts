import { type AgentConfig, PRESETS, type PresetName } from '../config.ts';

/** An agent client that rota knows how to start unattended. */
export interface KnownAgent {
  /** Also the program that is looked for. */
  readonly name: string;
  readonly agent: AgentConfig;
  /** Variables that it is commonly given its key in. */
  readonly env: readonly string[];
}

const KEYS: Readonly<Record<PresetName, readonly string[]>> = {
  claude: ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN'],
  codex: ['CODEX_API_KEY', 'CODEX_HOME'],
  opencode: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'],
  gemini: ['GEMINI_API_KEY'],
  pi: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'],
};

/** In order of preference: the presets, then a client that is no more than its command line. */
export const KNOWN_AGENTS: readonly KnownAgent[] = [
  ...PRESETS.map((preset): KnownAgent => {
    return { name: preset, agent: { kind: 'preset', preset, args: [] }, env: KEYS[preset] };
  }),
  {
    name: 'aider',
    agent: {
      kind: 'command',
      command: ['aider', '--yes-always', '--no-check-update', '--no-gitignore', '--message-file'],
      prompt: 'file',
    },
    env: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'],
  },
];
