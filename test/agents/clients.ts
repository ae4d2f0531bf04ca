import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A real client, as a person would set it up to talk to a model server of their own. */
export interface Client {
  readonly name: string;
  /** Rota drives it by a preset, or by the Agent Client Protocol. */
  readonly by: 'preset' | 'acp';
  /** From the npm registry; the first names the version. */
  readonly packages: readonly string[];
  /** In the packages' `node_modules/.bin`. */
  readonly program: string;
  /** Its line below `agents` in rota.yaml. */
  readonly agent: string;
  /** Variables that rota.yaml's `env` names. The key is a dummy. */
  env(url: string): Readonly<Record<string, string>>;
  /** Files below HOME -> text. */
  files(url: string): Readonly<Record<string, string>>;
  /** What it tells about tokens: all, without those of a cache, or those of its last step only. */
  readonly counts: 'all' | 'without the cache' | 'the last step';
  /** What it may not do, and how a person forbids it; null: it asks nobody and is told nothing. */
  readonly denied: Denied | null;
}

/** A tool call that the client must deny, by its own configuration. */
export interface Denied {
  readonly agent?: string;
  files?(url: string): Readonly<Record<string, string>>;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** It may not write at all: there is no work to keep. */
  readonly writes?: false;
}

const RUN_TESTS = { command: 'npm test', description: 'run the tests' };
const KEY = 'dummy';

const ANTHROPIC = (url: string) => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url });
const CODEX = (url: string) => ({
  '.codex/config.toml': [
    'model_provider = "loopback"',
    '[model_providers.loopback]',
    'name = "loopback"',
    `base_url = "${url}/v1"`,
    'wire_api = "responses"',
    'env_key = "OPENAI_API_KEY"',
    '',
  ].join('\n'),
});
const OPENCODE = (url: string, more: object = {}) => ({
  '.config/opencode/opencode.json': JSON.stringify({
    model: 'anthropic/claude-sonnet-4-5',
    small_model: 'anthropic/claude-haiku-4-5',
    provider: { anthropic: { options: { baseURL: `${url}/v1`, apiKey: KEY } } },
    ...more,
  }),
});
/** Nothing beyond loopback is asked. */
const OPENCODE_ENV = () => ({ OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' });
const GEMINI = (more: object = {}) => ({
  '.gemini/settings.json': JSON.stringify({
    security: { auth: { selectedType: 'gemini-api-key' } },
    ...more,
  }),
});
const GEMINI_ENV = (url: string) => ({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: url });
const PI = (url: string) => ({
  '.pi/agent/models.json': JSON.stringify({
    providers: {
      loopback: {
        baseUrl: `${url}/v1`,
        api: 'openai-completions',
        apiKey: KEY,
        models: [{ id: 'scripted' }],
      },
    },
  }),
});
const PI_ARGS = '--provider, loopback, --model, scripted';

/** In the order of `preset`, then those over ACP. Versions are exact: the table in docs/agents.md is about these. */
export const CLIENTS: readonly Client[] = [
  {
    name: 'claude',
    by: 'preset',
    packages: ['@anthropic-ai/claude-code@2.1.197'],
    program: 'claude',
    counts: 'all',
    agent: '{preset: claude}',
    env: ANTHROPIC,
    files: () => ({}),
    // Edits are accepted below its folder only, without a word of rota's.
    denied: { tool: 'Write', input: { file_path: '/srv/not-yours.txt', content: 'x' } },
  },
  {
    name: 'codex',
    by: 'preset',
    packages: ['@openai/codex@0.169.0'],
    program: 'codex',
    counts: 'all',
    agent: '{preset: codex}',
    env: () => ({ OPENAI_API_KEY: KEY }),
    files: CODEX,
    denied: {
      agent: `{preset: codex, args: [-c, 'sandbox_mode="read-only"']}`,
      writes: false,
      tool: 'SHELL',
      input: { command: 'echo x > x.txt' },
    },
  },
  {
    name: 'opencode',
    by: 'preset',
    packages: ['opencode-ai@1.18.33'],
    program: 'opencode',
    counts: 'all',
    agent: '{preset: opencode}',
    env: OPENCODE_ENV,
    files: OPENCODE,
    denied: {
      files: (url) => OPENCODE(url, { permission: { bash: 'deny' } }),
      tool: 'bash',
      input: RUN_TESTS,
    },
  },
  {
    name: 'gemini',
    by: 'preset',
    packages: ['@google/gemini-cli@0.61.0'],
    program: 'gemini',
    counts: 'all',
    agent: '{preset: gemini}',
    env: GEMINI_ENV,
    files: () => GEMINI(),
    denied: {
      files: () => GEMINI({ tools: { exclude: ['run_shell_command'] } }),
      tool: 'run_shell_command',
      input: RUN_TESTS,
    },
  },
  {
    name: 'pi',
    by: 'preset',
    packages: ['@earendil-works/pi-coding-agent@0.74.2'],
    program: 'pi',
    counts: 'all',
    agent: `{preset: pi, args: [${PI_ARGS}]}`,
    env: () => ({}),
    files: PI,
    denied: null,
  },
  {
    name: 'opencode-acp',
    by: 'acp',
    packages: ['opencode-ai@1.18.33'],
    program: 'opencode',
    counts: 'the last step',
    agent: '{acp: [opencode, acp]}',
    env: OPENCODE_ENV,
    files: OPENCODE,
    denied: {
      files: (url) => OPENCODE(url, { permission: { bash: 'deny' } }),
      tool: 'bash',
      input: RUN_TESTS,
    },
  },
  {
    name: 'gemini-acp',
    by: 'acp',
    packages: ['@google/gemini-cli@0.61.0'],
    program: 'gemini',
    counts: 'without the cache',
    agent: '{acp: [gemini, --acp, --skip-trust]}',
    env: GEMINI_ENV,
    files: () => GEMINI(),
    denied: {
      files: () => GEMINI({ tools: { exclude: ['run_shell_command'] } }),
      tool: 'run_shell_command',
      input: RUN_TESTS,
    },
  },
  {
    name: 'claude-acp',
    by: 'acp',
    packages: ['@agentclientprotocol/claude-agent-acp@0.49.0'],
    program: 'claude-agent-acp',
    counts: 'all',
    agent: '{acp: [claude-agent-acp]}',
    env: ANTHROPIC,
    files: () => ({}),
    denied: null,
  },
  {
    name: 'codex-acp',
    by: 'acp',
    packages: ['@agentclientprotocol/codex-acp@2.6.0'],
    program: 'codex-acp',
    counts: 'all',
    agent: '{acp: [codex-acp], mode: agent-full-access}',
    env: () => ({ OPENAI_API_KEY: KEY }),
    files: CODEX,
    denied: null,
  },
];

/** Writes a client's files into a HOME. */
export function writeHome(home: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
}
