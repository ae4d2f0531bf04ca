import { dirname } from 'node:path';
import { hasOption } from './has-option.ts';
import type { Preset } from './preset.ts';
import { readGemini } from './read-gemini.ts';

/**
 * Gemini CLI (seen: 0.61). Its files are those of its folder and of the result's; its shell has no such limit. Untrusted, it
 * would take every permission away again: the folder is rota's own, so it is trusted for this turn.
 */
export const gemini: Preset = {
  name: 'gemini',
  program: 'gemini',
  args: ({ session, args, resultFile }) => [
    ...['--output-format', 'stream-json'],
    // It refuses to be told twice.
    ...(hasOption(args, '--approval-mode', '--yolo', '-y') ? [] : ['--approval-mode', 'yolo']),
    ...['--include-directories', dirname(resultFile)],
    ...(session === null ? [] : ['--resume', session]),
    ...args,
  ],
  env: () => ({ GEMINI_CLI_TRUST_WORKSPACE: 'true' }),
  prompt: withoutReferences,
  login: [
    '.gemini/oauth_creds.json',
    '.gemini/google_accounts.json',
    '.gemini/gemini-credentials.json',
    '.gemini/settings.json',
    '.gemini/.env',
    '.config/gcloud/application_default_credentials.json',
  ],
  howToLogIn:
    'run `gemini` once and choose how to log in, or set GEMINI_API_KEY and name it in `env` of rota.yaml',
  reader: readGemini,
};

/**
 * It puts the files in that `@path` names, whole folders too, chooses agents by `@name`, and takes a first `/word` for a
 * command of its own: text of tasks and tests must not do that. A backslash stops it; the note says what it stands for.
 */
function withoutReferences(text: string): string {
  const plain = text.replaceAll(/(?<!\\)@(?=[^\s,;!?()[\]{}])/g, '\\@');
  const note = plain === text ? '' : 'In this text `\\@` stands for an at sign alone.\n\n';
  return `${note}${/^\s*[/?]/.test(plain) && note === '' ? 'Your task:\n' : ''}${plain}`;
}
