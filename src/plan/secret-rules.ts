import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintRuleContext, SecretLintSourceCode } from '@secretlint/types';

/** What a rule of secretlint's found. `text` is the secret itself, to compare with: it is never shown. */
export interface RuleHit {
  readonly at: number;
  readonly rule: string;
  readonly text: string;
}

/**
 * Runs secretlint's recommended rules on a text. They are called directly: its core keeps figures about every file for as
 * long as the process lives, and obeys comments in the file (`secretlint-disable`), which whoever is judged may write.
 *
 * @param path for the rules that look for other things in an .npmrc
 */
export async function runSecretRules(path: string, text: string): Promise<RuleHit[]> {
  const hits: RuleHit[] = [];
  for (const rule of RULES) {
    const name = rule.meta.id.slice(PREFIX.length);
    // The names of values that a rule found, the secret among them, arrive with its message only.
    const context = {
      sharedOptions: {},
      createTranslator: () => (messageId: string, data?: Readonly<Record<string, unknown>>) => ({
        messageId,
        message: '',
        data,
      }),
      report: ({ message, range }: Parameters<SecretLintRuleContext['report']>[0]) => {
        if (!NO_SECRETS.has(message.messageId))
          hits.push({ at: range[0], rule: name, text: secretOf(message.data, text.slice(...range)) });
      },
      // Comments in a text switch nothing off.
      ignore: () => undefined,
    } as unknown as SecretLintRuleContext;
    const source = { filePath: path, ext: '', content: text, contentType: 'text' } as SecretLintSourceCode;
    await rule.create(context, {}).file?.(source);
  }
  return hits;
}

const PREFIX = '@secretlint/secretlint-rule-';
/** Reads a file of that name from the disk. */
const LEFT_OUT = new Set(['gcp']);
const RULES = rules.filter(({ meta }) => !LEFT_OUT.has(meta.id.slice(PREFIX.length)));
/** Names of accounts are no secrets. */
const NO_SECRETS = new Set(['AWSAccountID', 'AWSAccessKeyID']);

/** A range may begin before the secret and end within it. */
function secretOf(data: unknown, inRange: string): string {
  const values = typeof data === 'object' && data !== null ? Object.values(data) : [];
  const texts = values.filter((value) => typeof value === 'string').sort((a, b) => b.length - a.length);
  return texts[0] ?? inRange;
}
