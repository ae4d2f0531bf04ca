import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../../src/plan/secrets.ts';

// Put together here, so that this file has none in it.
const LONG = 'aB3dE6gH9jK2mN5pQ8sT'.repeat(6);
const of = (length: number) => LONG.slice(0, length);
const PEM = ['-----BEGIN', 'OPENSSH', 'PRIVATE', 'KEY-----'].join(' ');

describe('findSecrets', () => {
  it.each([
    ['private key', `${PEM}\n${of(64)}`],
    ['private key', `"${PEM}\\n${of(64)}"`],
    ['private key', `${PEM.replace('OPENSSH ', '')}\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\n${of(64)}`],
    ['AWS access key', `AKIA${'Q2W3E4R5T6Y7U2I3'}`],
    ['GitHub token', `ghs_${of(36)}`],
    ['GitHub token', `github_pat_${of(22)}_${of(59)}`],
    ['GitLab token', `glpat-${of(20)}`],
    ['Slack token', `xoxb-123456789012-${of(24)}`],
    ['Slack webhook', `https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/${of(24)}`],
    ['npm token', `npm_${of(36)}`],
    ['PyPI token', `pypi-AgEIcHlwaS5vcmc${of(60)}`],
    ['Google API key', `AIza${of(35)}`],
    ['Google OAuth secret', `GOCSPX-${of(28)}`],
    ['Anthropic key', `sk-ant-api03-${of(95)}`],
    ['OpenAI key', `sk-proj-${of(60)}`],
    ['OpenAI key', `sk-${of(48)}`],
    ['Stripe key', `sk_live_${of(24)}`],
    ['Hugging Face token', `hf_${of(34)}`],
    ['Slack token', `xapp-1-A0AB12CD3-1234567890-${'0a1b2c3d'.repeat(4)}`],
  ])('%s', (kind, secret) => {
    expect(findSecrets(`first line\nconst key = "${secret}";\n`)).toEqual([{ line: 2, kind }]);
    expect(findSecrets(secret)).toHaveLength(1);
  });

  it.each([
    ['a placeholder', `ghp_${'x'.repeat(36)}`],
    ['the example of the AWS manual', `AKIA${'IOSFODNN7'}EXAMPLE`],
    ['a key that is only named', `if (text.includes('${PEM}')) {}`],
    ['a public key', `-----BEGIN PUBLIC KEY-----\n${of(64)}`],
    ['a hash', 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'],
    ['prose', 'sk-learn and npm_install, AIza'],
  ])('not %s', (_name, text) => {
    expect(findSecrets(text)).toEqual([]);
  });

  it('takes a long line in its stride', () => {
    expect(findSecrets(`${PEM} `.repeat(20_000))).toEqual([]);
    expect(findSecrets(`xoxb-${'a-'.repeat(500_000)}`)).toEqual([]);
  });
});
