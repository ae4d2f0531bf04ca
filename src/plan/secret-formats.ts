/**
 * Kinds that the library's rules do not find, or find in some of their forms only (test/unit/plan/contract/secrets.test.ts
 * has a sample of each). Documented, fixed formats: few false alarms rather than all secrets there are. Every pattern is
 * bounded, so that a long line costs no more than its length.
 */
export const SECRET_FORMATS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  // The library wants the whole key, unencrypted, from BEGIN to END.
  [
    'private key',
    /-----BEGIN (?:[A-Z0-9]{1,20} ){0,2}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,300}?[A-Za-z0-9+/]{40}/g,
  ],
  // An id of a key, which it leaves out by default.
  ['AWS access key', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g],
  // Longer ones than today's.
  ['GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36,255}\b/g],
  ['Slack token', /\bxox[es]-(?:[A-Za-z0-9]{1,64}-){1,6}[A-Za-z0-9]{10,64}/g],
  ['Slack webhook', /hooks\.slack\.com\/workflows\/T[A-Z0-9]{6,14}\/[A-Z0-9]{6,14}\/[A-Za-z0-9/]{20,80}/g],
  ['PyPI token', /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,200}/g],
  ['Google API key', /\bAIza[\w-]{35}(?![\w-])/g],
  ['Google OAuth secret', /\bGOCSPX-[\w-]{28}(?![\w-])/g],
  ['Anthropic key', /\bsk-ant-[a-z]{2,8}\d{2}-[\w-]{40,160}/g],
  ['OpenAI key', /\bsk-(?:proj|svcacct|admin|None)-[\w-]{40,200}/g],
  ['OpenAI key', /\bsk-[A-Za-z0-9]{48}\b/g],
  ['Stripe key', /\b[rs]k_live_[A-Za-z0-9]{24,100}\b/g],
  ['Hugging Face token', /\bhf_[A-Za-z0-9]{34}\b/g],
];
