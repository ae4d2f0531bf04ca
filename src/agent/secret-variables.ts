import type { Config } from '../config.ts';
import type { Secret } from './mask-patterns.ts';

/** What every program gets; a path or a user's name is no secret. */
const BASE = ['PATH', 'HOME', 'USER', 'LANG', 'TERM', 'TMPDIR'];
const SOUNDS_SECRET =
  /TOKEN|SECRET|PASS(?:WORD|WD|PHRASE)?|PWD|CREDENTIAL|AUTH|API_?KEY|PRIVATE|DSN|_KEY$|^KEY$/;
/** Characters: shorter ones may well be words of the project. */
const SURE = 12;
const HAS_PASSWORD = /:\/\/[^/\s:@]*:[^/\s@]+@/;

/**
 * The variables of this process whose values must not be shown: all that rota.yaml's `env` gives to agents, and of those that
 * it gives to gate and proof commands the ones that sound or look like a secret.
 *
 * @param which `sure`: only those that sound or look like one, and are too long to be anything else
 */
export function secretVariables(
  config: Pick<Config, 'env' | 'gate' | 'proof'>,
  variables: Readonly<Record<string, string | undefined>>,
  which: 'all' | 'sure' = 'all',
): Secret[] {
  const commands = [...(config.gate === 'none' ? [] : config.gate), ...config.proof];
  const named = [...config.env, ...commands.flatMap(({ env }) => env).filter(isSecret)];
  const plain = new Set(BASE.map((name) => variables[name]));
  return [...new Set(named)].flatMap((name) => {
    const value = variables[name];
    if (value === undefined || BASE.includes(name) || plain.has(value)) return [];
    return which === 'all' || (isSecret(name) && value.trim().length >= SURE)
      ? [{ name, value: value.trim() }]
      : [];
  });

  function isSecret(name: string): boolean {
    return SOUNDS_SECRET.test(name) || HAS_PASSWORD.test(variables[name] ?? '');
  }
}
