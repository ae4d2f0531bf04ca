import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A real client, as a person would set it up to talk to a model server of their own. */
export interface Client {
  readonly name: string;
  /** Rota drives it by a preset, or by the Agent Client Protocol. */
  readonly by: 'preset' | 'acp';
  /** From the npm registry, the first names the version. They are installed below this folder of the cache. */
  readonly packages: readonly string[];
  readonly folder: string;
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
  /** Modes (mode.ts) in which it does not say what went wrong: all that is seen is that there is no result. */
  readonly unsaid: readonly string[];
  /** It goes on in a session only in a later minute of the clock than the one in which it began. */
  readonly forgetsMinute?: true;
  /** What it may not do, and how a person forbids it; null: it asks nobody and is told nothing. */
  readonly denied: Denied | null;
}

/** A tool call that must be denied: by the client's own configuration or, over ACP, by rota. */
export interface Denied {
  readonly agent?: string;
  files?(url: string): Readonly<Record<string, string>>;
  /** `SHELL`: whatever tool runs a command. */
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** It may not write at all: there is no work to keep. */
  readonly writes?: false;
}

/** A client without how rota drives it. */
type Program = Pick<Client, 'packages' | 'folder' | 'program' | 'env' | 'files'>;

const KEY = 'dummy';
const RUN_TESTS = { command: 'npm test', description: 'run the tests' };
/** Rota permits it to nobody. */
const PUSH = { command: 'git push origin main', description: 'push' };

const ANTHROPIC = (url: string) => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url });

const OPENCODE_FILES = (url: string, more: object = {}) => ({
  '.config/opencode/opencode.json': JSON.stringify({
    model: 'anthropic/claude-sonnet-4-5',
    small_model: 'anthropic/claude-haiku-4-5',
    provider: { anthropic: { options: { baseURL: `${url}/v1`, apiKey: KEY } } },
    ...more,
  }),
});
const OPENCODE: Program = {
  packages: ['opencode-ai@1.18.33'],
  folder: 'opencode',
  program: 'opencode',
  // Nothing beyond loopback is asked.
  env: () => ({ OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' }),
  files: OPENCODE_FILES,
};

const GEMINI_FILES = (more: object = {}) => ({
  '.gemini/settings.json': JSON.stringify({
    security: { auth: { selectedType: 'gemini-api-key' } },
    ...more,
  }),
});
const GEMINI: Program = {
  packages: ['@google/gemini-cli@0.61.0'],
  folder: 'gemini',
  program: 'gemini',
  env: (url) => ({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: url }),
  files: () => GEMINI_FILES(),
};

const CODEX: Pick<Program, 'env' | 'files'> = {
  env: () => ({ OPENAI_API_KEY: KEY }),
  files: (url) => ({
    '.codex/config.toml': [
      'model_provider = "loopback"',
      '[model_providers.loopback]',
      'name = "loopback"',
      `base_url = "${url}/v1"`,
      'wire_api = "responses"',
      'env_key = "OPENAI_API_KEY"',
      '',
    ].join('\n'),
  }),
};

const PI_FILES = (url: string) => ({
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
    folder: 'claude',
    program: 'claude',
    counts: 'all',
    unsaid: [],
    agent: '{preset: claude}',
    env: ANTHROPIC,
    files: () => ({}),
    // Edits are accepted below its folder only, without a word of rota's.
    denied: { tool: 'Write', input: { file_path: '/srv/not-yours.txt', content: 'x' } },
  },
  {
    ...CODEX,
    name: 'codex',
    by: 'preset',
    packages: ['@openai/codex@0.169.0'],
    folder: 'codex',
    program: 'codex',
    counts: 'all',
    unsaid: ['denied', 'refusal'],
    agent: '{preset: codex}',
    denied: {
      agent: `{preset: codex, args: [-c, 'sandbox_mode="read-only"']}`,
      writes: false,
      tool: 'SHELL',
      input: { command: 'echo x > x.txt' },
    },
  },
  {
    ...OPENCODE,
    name: 'opencode',
    by: 'preset',
    counts: 'all',
    unsaid: [],
    agent: '{preset: opencode}',
    denied: {
      files: (url) => OPENCODE_FILES(url, { permission: { bash: 'deny' } }),
      tool: 'bash',
      input: RUN_TESTS,
    },
  },
  {
    ...GEMINI,
    name: 'gemini',
    by: 'preset',
    counts: 'all',
    unsaid: [],
    agent: '{preset: gemini}',
    denied: {
      files: () => GEMINI_FILES({ tools: { exclude: ['run_shell_command'] } }),
      tool: 'run_shell_command',
      input: RUN_TESTS,
    },
  },
  {
    name: 'pi',
    by: 'preset',
    packages: ['@earendil-works/pi-coding-agent@0.74.2'],
    folder: 'pi',
    program: 'pi',
    counts: 'all',
    unsaid: [],
    agent: `{preset: pi, args: [${PI_ARGS}]}`,
    env: () => ({}),
    files: PI_FILES,
    denied: null,
  },
  {
    ...OPENCODE,
    name: 'opencode-acp',
    by: 'acp',
    counts: 'the last step',
    unsaid: [],
    // Its log is all that it says while it waits for a server that is down.
    agent: '{acp: [opencode, acp, --print-logs, --log-level, ERROR]}',
    denied: {
      files: (url) => OPENCODE_FILES(url, { permission: { bash: 'ask' } }),
      tool: 'SHELL',
      input: PUSH,
    },
  },
  {
    ...GEMINI,
    name: 'gemini-acp',
    by: 'acp',
    counts: 'without the cache',
    unsaid: ['refusal'],
    // 0.61: `session/load` begins its file anew if the minute in the file's name is the same.
    forgetsMinute: true,
    agent: '{acp: [gemini, --acp, --skip-trust]}',
    denied: { tool: 'SHELL', input: PUSH },
  },
  {
    name: 'claude-acp',
    by: 'acp',
    packages: ['@agentclientprotocol/claude-agent-acp@0.49.0'],
    folder: 'claude-acp',
    program: 'claude-agent-acp',
    counts: 'all',
    unsaid: [],
    agent: '{acp: [claude-agent-acp]}',
    env: ANTHROPIC,
    files: () => ({}),
    denied: { tool: 'SHELL', input: PUSH },
  },
  {
    ...CODEX,
    name: 'codex-acp',
    by: 'acp',
    packages: ['@agentclientprotocol/codex-acp@2.6.0'],
    folder: 'codex-acp',
    program: 'codex-acp',
    counts: 'all',
    unsaid: ['refusal'],
    agent: '{acp: [codex-acp], mode: agent-full-access}',
    // In the mode in which it can commit it asks nobody.
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
