import { basename } from 'node:path';
import type { PresetName } from '../config.ts';
import { presetOf } from './presets/known-presets.ts';

/**
 * The files below HOME that log an agent in, where its command line starts a client that rota knows, under whatever name its
 * package has for the Agent Client Protocol, or by `npx`. Others say theirs themselves (`login` in rota.yaml).
 */
export async function loginOf(command: readonly string[]): Promise<readonly string[]> {
  const client = CLIENTS.get(programOf(command));
  return client === undefined ? [] : (await presetOf(client)).login;
}

const CLIENTS: ReadonlyMap<string, PresetName> = new Map([
  ['claude', 'claude'],
  ['claude-agent-acp', 'claude'],
  ['claude-code-acp', 'claude'],
  ['codex', 'codex'],
  ['codex-acp', 'codex'],
  ['opencode', 'opencode'],
  ['opencode-ai', 'opencode'],
  ['gemini', 'gemini'],
  ['gemini-cli', 'gemini'],
  ['pi', 'pi'],
]);
const RUNNERS = ['npx', 'bunx', 'pnpx'];

/** `gemini` of `/opt/bin/gemini` and of `npx -y @google/gemini-cli@0.61.0`. */
function programOf([program = '', ...args]: readonly string[]): string {
  if (!RUNNERS.includes(basename(program))) return basename(program);
  const wanted = args.find((word) => !word.startsWith('-')) ?? '';
  return basename(wanted).replace(/@.*$/, '');
}
