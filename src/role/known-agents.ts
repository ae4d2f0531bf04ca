import type { AgentConfig } from '../config.ts';

/** An agent client that rota knows how to start unattended. */
export interface KnownAgent extends AgentConfig {
  /** Also the program that is looked for. */
  readonly name: string;
  /** Variables that it is commonly given its key in. */
  readonly env: readonly string[];
}

/**
 * Command lines that work without a person (measured: each commits in a worktree, prompt on stdin). They let the client
 * run commands and write the result file, which is outside the worktree: a client's own sandbox would deny that.
 * `file` adds the prompt's path as the last argument. In order of preference.
 */
export const KNOWN_AGENTS: readonly KnownAgent[] = [
  {
    name: 'claude',
    command: [
      'claude',
      '-p',
      '--output-format',
      'stream-json',
      '--verbose',
      '--permission-mode',
      'acceptEdits',
      '--allowedTools',
      'Bash,Edit,Glob,Grep,MultiEdit,Read,Write',
    ],
    prompt: 'stdin',
    env: ['ANTHROPIC_API_KEY'],
  },
  {
    name: 'codex',
    command: ['codex', 'exec', '--json', '--sandbox', 'danger-full-access', '-'],
    prompt: 'stdin',
    env: ['OPENAI_API_KEY', 'CODEX_HOME'],
  },
  {
    name: 'opencode',
    command: ['opencode', 'run', '--format', 'json'],
    prompt: 'stdin',
    env: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'],
  },
  {
    name: 'gemini',
    command: ['gemini', '--yolo', '-o', 'stream-json'],
    prompt: 'stdin',
    env: ['GEMINI_API_KEY'],
  },
  {
    name: 'pi',
    command: ['pi', '-p', '--mode', 'json', '--no-session'],
    prompt: 'stdin',
    env: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'],
  },
  {
    name: 'aider',
    command: ['aider', '--yes-always', '--no-check-update', '--no-gitignore', '--message-file'],
    prompt: 'file',
    env: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'],
  },
];
