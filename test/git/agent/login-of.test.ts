import { expect, test } from 'vitest';
import { agentFor } from '../../../src/agent/agent-for.ts';
import type { AgentConfig } from '../../../src/config.ts';
import { sandbox } from '../../support/repo.ts';

/** What an isolated agent gets copies of: without it no client is logged in there. */
const loginOf = async (config: AgentConfig) => (await agentFor(sandbox().system(), 'a', config)).login;
const acp = (...command: readonly string[]) => loginOf({ kind: 'acp', command, mode: null });

test.each([
  [['opencode', 'acp'], '.local/share/opencode/auth.json'],
  [['/opt/bin/gemini', '--acp'], '.gemini/oauth_creds.json'],
  [['claude-agent-acp'], '.claude/.credentials.json'],
  [['codex-acp'], '.codex/auth.json'],
  [['npx', '-y', '@agentclientprotocol/codex-acp@2.6.0'], '.codex/auth.json'],
  [['npx', '--yes', '@google/gemini-cli', '--acp'], '.gemini/oauth_creds.json'],
  [['bunx', 'opencode-ai', 'acp'], '.local/share/opencode/auth.json'],
])('%j by ACP is logged in as its preset is', async (command, file) => {
  expect(await acp(...command)).toContain(file);
});

test.each([
  // What a program is given as an argument is none of its logins.
  [['mine', 'gemini']],
  [['node', '/opt/codex']],
  [['npx', '-y', 'mine', 'claude']],
  [['npx', '-y']],
  [['constructor']],
])('%j is no client that rota knows', async (command) => {
  expect(await acp(...command)).toEqual([]);
});

test('what rota.yaml says goes before what is known, and is all that a command has', async () => {
  const login = ['.mine'];
  expect(await loginOf({ kind: 'acp', command: ['gemini', '--acp'], mode: null, login })).toEqual(login);
  expect(await loginOf({ kind: 'command', command: ['gemini'], prompt: 'stdin', login })).toEqual(login);
  expect(await loginOf({ kind: 'command', command: ['gemini'], prompt: 'stdin' })).toEqual([]);
});
