/** A likely secret. `line` counts from 1; the secret itself is deliberately not repeated. */
export interface FoundSecret {
  readonly line: number;
  readonly kind: string;
}

/**
 * Likely secrets of the well-known kinds below, by their documented, fixed formats: few false alarms rather than all
 * secrets there are. Placeholders (`xxxx…`, `…EXAMPLE`) are not reported. Not a replacement for a secret scanner in
 * the gate.
 */
export function findSecrets(text: string): FoundSecret[] {
  const found: { at: number; kind: string }[] = [];
  for (const [kind, pattern] of FORMATS) {
    for (const match of text.matchAll(pattern)) {
      if (!isPlaceholder(match[0])) found.push({ at: match.index, kind });
    }
  }
  return found.sort((a, b) => a.at - b.at).map(({ at, kind }) => ({ line: lineAt(text, at), kind }));
}

/** Every pattern is bounded, so that a long line costs no more than its length. */
const FORMATS: readonly (readonly [string, RegExp])[] = [
  [
    'private key',
    /-----BEGIN (?:[A-Z0-9]{1,20} ){0,2}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,300}?[A-Za-z0-9+/]{40}/g,
  ],
  ['AWS access key', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g],
  ['GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36,255}\b/g],
  ['GitHub token', /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g],
  ['GitLab token', /\bglpat-[\w-]{20,64}/g],
  ['Slack token', /\bxox[abeoprs]-(?:[A-Za-z0-9]{1,64}-){1,6}[A-Za-z0-9]{10,64}/g],
  ['Slack token', /\bxapp-\d-[A-Z0-9]{8,16}-\d{8,16}-[a-f0-9]{32,64}/g],
  [
    'Slack webhook',
    /hooks\.slack\.com\/(?:services|workflows)\/T[A-Z0-9]{6,14}\/[A-Z0-9]{6,14}\/[A-Za-z0-9]{20,48}/g,
  ],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['PyPI token', /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,200}/g],
  ['Google API key', /\bAIza[\w-]{35}(?![\w-])/g],
  ['Google OAuth secret', /\bGOCSPX-[\w-]{28}(?![\w-])/g],
  ['Anthropic key', /\bsk-ant-[a-z]{2,8}\d{2}-[\w-]{40,160}/g],
  ['OpenAI key', /\bsk-(?:proj|svcacct|admin|None)-[\w-]{40,200}/g],
  ['OpenAI key', /\bsk-[A-Za-z0-9]{48}\b/g],
  ['Stripe key', /\b[rs]k_live_[A-Za-z0-9]{24,100}\b/g],
  ['Hugging Face token', /\bhf_[A-Za-z0-9]{34}\b/g],
];

function isPlaceholder(secret: string): boolean {
  return secret.endsWith('EXAMPLE') || new Set(secret.slice(-20)).size < 6;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
