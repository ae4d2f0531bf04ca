import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PresetName } from '../../src/config.ts';
import { expectSound } from '../support/aftermath.ts';
import { type FakeClient, type FakeTurn, fakeClient } from '../support/fake-client.ts';
import { expectTidy, type Scene, type SceneWish, scene } from '../support/scene.ts';
import { resultText } from '../support/scripted-agent.ts';

/** `preset:` through the built command, with clients that say what the real ones were recorded to say. */
async function withClient(client: PresetName, wish: SceneWish = {}): Promise<[Scene, FakeClient]> {
  const s = await scene({ config: { agents: `{mine: {preset: ${client}}}` }, ...wish });
  const fake = fakeClient(join(s.box.folder, 'desk'), client);
  s.box.env['PATH'] = `${fake.bin}:${s.box.env['PATH']}`;
  return [s, fake];
}

const DONE: FakeTurn = {
  sample: 'done',
  write: { 'src/greet.txt': 'good day\n' },
  result: resultText('outcome: done\nsummary: greets'),
};

describe('done', () => {
  // As each sample's own numbers add up.
  test.each([
    ['claude', { input: 6086, cached: 2000, output: 126, usd: 0.02468 }],
    ['codex', { input: 4006, cached: 2000, output: 126, usd: null }],
    ['gemini', { input: 1606, cached: 1200, output: 228, usd: null }],
  ] as const)('%s lands, and is paid for as it says', async (client, usage) => {
    const [s, fake] = await withClient(client);
    fake.script(DONE);
    const end = await s.run();
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A1' } });
    expect({ ...end.doc.usage, usd: end.doc.usage.usd && Number(end.doc.usage.usd.toFixed(5)) }).toEqual(
      usage,
    );
    expect(s.onMain('src/greet.txt')).toBe('good day\n');
    expect(fake.prompt(1)).toContain('Greet from A1');
    expect(fake.environment(1)['ROTA_RUN']).toBe(end.doc.run);
    expectTidy(s, end);
    const { doc: used } = await s.rota(['usage', '--by', 'agent']);
    expect(JSON.stringify(used)).toContain(`"input":${usage.input}`);
    await expectSound(s);
  });

  test('a red gate is mended in the same session', async () => {
    const [s, fake] = await withClient('claude', { role: { fixes: 1 } });
    fake.script({ ...DONE, write: { broken: 'yes\n' } }, { ...DONE, sh: 'git rm -q broken' });
    const end = await s.run();
    expect(end.doc).toMatchObject({ outcome: 'landed', usage: { input: 2 * 6086, output: 2 * 126 } });
    expect(fake.turns()).toBe(2);
    const [at, session] = fake.argv(2).slice(fake.argv(2).indexOf('--resume'));
    expect([at, session]).toEqual(['--resume', '6d21d6b8-4ccd-472a-95c9-e3d9c1e7e294']);
    expect(fake.argv(1)).not.toContain('--resume');
    expectTidy(s, end);
  });
});

describe('not done', () => {
  const HALF: Readonly<Record<string, string>> = { 'src/half.txt': 'half of it\n' };

  // Client, sample, outcome, exit, attempts, reason.
  test.each([
    ['claude', '401', 'failed', 3, 0, /not logged in/],
    ['claude', '402', 'failed', 3, 0, /out of credit/],
    ['claude', 'tool-denied', 'blocked', 1, 1, /denied a tool/],
    ['claude', 'crash', 'failed', 3, 0, /killed|crashed/],
    ['codex', '429', 'failed', 3, 0, /rate-limited/],
    ['codex', '500', 'failed', 3, 0, /cannot be reached/],
    ['codex', 'context', 'partial', 1, 1, /context/],
    ['gemini', 'refusal', 'blocked', 1, 1, /would not do it/],
    ['gemini', '401', 'failed', 3, 0, /not logged in/],
    // With exit 0, as the real one.
    ['pi', '401', 'failed', 3, 0, /not logged in/],
    ['pi', '500', 'failed', 3, 0, /cannot be reached/],
  ] as const)('%s %s: %s, exit %i, %i attempts', async (client, sample, outcome, code, attempts, reason) => {
    const [s, fake] = await withClient(client);
    fake.script({ sample, write: HALF });
    const end = await s.run();
    expect(end).toMatchObject({ code, doc: { outcome, reason: expect.stringMatching(reason) } });
    const { doc: shown } = await s.rota(['show', 'A1']);
    expect(shown).toMatchObject({ lock: null, attempts });
    expect(s.home.git('show', `${end.doc.branch}:src/half.txt`)).toBe('half of it');
    expect(s.history().filter((subject) => subject.startsWith('feat'))).toEqual([]);
    expectTidy(s, end);
    await expectSound(s);
  });

  test('a client that waits for its model until the limit has not used an attempt', async () => {
    const [s, fake] = await withClient('claude', { role: { 'time-limit': '3s' } });
    fake.script({ sample: 'waits-429', write: HALF, hang: true });
    const end = await s.run();
    expect(end).toMatchObject({
      code: 3,
      doc: { outcome: 'failed', reason: expect.stringMatching(/rate-limited/) },
    });
    expect(s.home.git('show', `${end.doc.branch}:src/half.txt`)).toBe('half of it');
    expectTidy(s, end);
  });

  test('a client that is not installed is named, with what to do', async () => {
    const s = await scene({ config: { agents: '{mine: {preset: pi}}' } });
    s.box.env['PATH'] = '/usr/bin:/bin';
    const end = await s.run();
    expect(end).toMatchObject({
      code: 3,
      doc: { outcome: 'failed', reason: expect.stringMatching(/pi was not found/) },
    });
  });
});
