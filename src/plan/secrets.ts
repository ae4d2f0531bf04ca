import { SECRET_FORMATS } from './secret-formats.ts';
import type { RuleHit } from './secret-rules.ts';

/** A likely secret. */
export interface FoundSecret {
  /** From 1. */
  readonly line: number;
  readonly kind: string;
  /** The secret itself, to compare with what was there before. It is never shown: messages end up in notes and commits. */
  readonly text: string;
  /** A password inside an address: many are those of a database that only tests use. */
  readonly inAddress: boolean;
}

/** Longer texts are looked at in pieces, which overlap by more than a key is long. */
const PIECE = 1024 * 1024;
const OVERLAP = 16 * 1024;

/**
 * Likely secrets in a text, by the rules of secretlint and the formats that these leave out. Placeholders (`xxxx…`,
 * `…EXAMPLE`) and passwords for this machine or for reserved names are not reported. Not a replacement for a scanner of
 * your own in the gate.
 */
export async function findSecrets(path: string, text: string): Promise<FoundSecret[]> {
  // Loaded by the few commands that judge a branch.
  const { runSecretRules } = await import('./secret-rules.ts');
  const found = new Map<string, RuleHit>();
  for (let start = 0; start === 0 || start + OVERLAP < text.length; start += PIECE - OVERLAP) {
    const piece = start === 0 && text.length <= PIECE ? text : text.slice(start, start + PIECE);
    for (const hit of [...findFormats(piece), ...(await runSecretRules(path, piece))])
      found.set(`${start + hit.at} ${hit.rule}`, { ...hit, at: start + hit.at });
  }
  const secrets = [...found.values()].filter(({ rule, text: secret }) => !isPlaceholder(rule, secret));
  return withLines(text, onePerPlace(secrets));
}

function findFormats(text: string): RuleHit[] {
  return SECRET_FORMATS.flatMap(([rule, pattern]) =>
    [...text.matchAll(pattern)].map((match) => ({ at: match.index, rule, text: match[0] })),
  );
}

const KINDS: Readonly<Record<string, string>> = {
  aws: 'AWS secret key',
  npm: 'npm token',
  slack: 'Slack token',
  basicauth: 'password in an address',
  'database-connection-string': 'password in an address',
  openai: 'OpenAI key',
  anthropic: 'Anthropic key',
  groq: 'Groq key',
  huggingface: 'Hugging Face token',
  linear: 'Linear key',
  notion: 'Notion token',
  privatekey: 'private key',
  sendgrid: 'SendGrid key',
  shopify: 'Shopify key',
  github: 'GitHub token',
  gitlab: 'GitLab token',
  grafana: 'Grafana token',
  '1password': '1Password token',
  'hashicorp-vault': 'Vault token',
  vercel: 'Vercel token',
  databricks: 'Databricks token',
  docker: 'Docker token',
  figma: 'Figma token',
};
const IN_ADDRESS = 'password in an address';

function isPlaceholder(rule: string, secret: string): boolean {
  if (KINDS[rule] === IN_ADDRESS) return isHarmlessAddress(secret);
  return secret.endsWith('EXAMPLE') || new Set(secret.slice(-20)).size < 6;
}

/** For this machine, a neighbour in a container, or a name that is reserved for examples (RFC 2606). */
function isHarmlessAddress(secret: string): boolean {
  const host = /@\[?([^\]/?#\s"'`]*)/.exec(secret.slice(secret.indexOf('://') + 3))?.[1]?.toLowerCase() ?? '';
  const name = host.replace(/:\d*$/, '');
  if (!name.includes('.') || /^(?:127\.|0\.0\.0\.0$|10\.|192\.168\.)/.test(name)) return true;
  return /(?:^|\.)(?:example\.(?:com|org|net)|(?:example|test|invalid|localhost|local|internal))$/.test(name);
}

/** Two rules about one secret are one finding, of the more telling kind. */
function onePerPlace(hits: readonly RuleHit[]): RuleHit[] {
  const sorted = [...hits].sort((a, b) => a.at - b.at || b.text.length - a.text.length);
  const kept: RuleHit[] = [];
  for (const hit of sorted) {
    const last = kept.at(-1);
    if (last === undefined || (!last.text.includes(hit.text) && !hit.text.includes(last.text)))
      kept.push(hit);
    else if (KINDS[last.rule] === IN_ADDRESS) kept[kept.length - 1] = { ...hit, at: last.at };
  }
  return kept;
}

function withLines(text: string, hits: readonly RuleHit[]): FoundSecret[] {
  let line = 1;
  let next = text.indexOf('\n');
  return hits.map(({ at, rule, text: secret }) => {
    for (; next !== -1 && next < at; next = text.indexOf('\n', next + 1)) line += 1;
    const kind = KINDS[rule] ?? rule;
    return { line, kind, text: secret, inAddress: kind === IN_ADDRESS };
  });
}
