import { describe, expect, test } from 'vitest';
import { usageMeter } from '../../../../src/agent/acp/usage.ts';

const answer = (usage: object) => ({ stopReason: 'end_turn', usage });
const update = (used: unknown, amount?: unknown, currency = 'USD') => ({
  ...{ sessionUpdate: 'usage_update', used, size: 200_000 },
  ...(amount === undefined ? {} : { cost: { amount, currency } }),
});

function counted(said: unknown) {
  const meter = usageMeter(false);
  meter.begin();
  return meter.end(said);
}

describe('tokens in the answer', () => {
  test.each([
    [
      'all apart (claude)',
      { inputTokens: 4, outputTokens: 6, cachedReadTokens: 20, cachedWriteTokens: 70, totalTokens: 100 },
      94,
      20,
      6,
    ],
    [
      'cache within input (codex)',
      { inputTokens: 94, outputTokens: 6, cachedReadTokens: 20, totalTokens: 100 },
      94,
      20,
      6,
    ],
    ['thoughts apart', { inputTokens: 50, outputTokens: 30, thoughtTokens: 20, totalTokens: 100 }, 50, 0, 50],
    [
      'thoughts within output',
      { inputTokens: 50, outputTokens: 50, thoughtTokens: 20, totalTokens: 100 },
      50,
      0,
      50,
    ],
    [
      'cache and thoughts apart',
      { inputTokens: 5, outputTokens: 5, thoughtTokens: 40, cachedReadTokens: 50, totalTokens: 100 },
      55,
      50,
      45,
    ],
    [
      'cache apart, thoughts within',
      { inputTokens: 10, outputTokens: 50, thoughtTokens: 40, cachedReadTokens: 40, totalTokens: 100 },
      50,
      40,
      50,
    ],
    [
      'a sum that fits nothing',
      { inputTokens: 10, outputTokens: 5, cachedReadTokens: 90, totalTokens: 1 },
      100,
      90,
      5,
    ],
    ['no sum', { inputTokens: 10, outputTokens: 5 }, 10, 0, 5],
    [
      'nonsense in it',
      { inputTokens: 10, outputTokens: -5, cachedReadTokens: 'x', totalTokens: Number.NaN },
      10,
      0,
      0,
    ],
  ])('%s', (_, usage, input, cached, output) => {
    expect(counted(answer(usage))).toEqual({ input, cached, output, usd: null });
  });

  test('as gemini tells them', () => {
    const quota = { token_count: { input_tokens: 7595, output_tokens: 385 }, model_usage: [] };
    expect(counted({ stopReason: 'end_turn', _meta: { quota } })).toEqual({
      input: 7595,
      cached: 0,
      output: 385,
      usd: null,
    });
  });

  test.each([
    ['nothing', { stopReason: 'end_turn' }],
    ['null', answer({ inputTokens: null })],
    ['codex after an error', { usage: null, _meta: { quota: { token_count: null, model_usage: [] } } }],
    ['no object', 7],
    ['text', answer({ inputTokens: '10' })],
  ])('%s: not counted', (_, said) => {
    expect(counted(said)).toBe(null);
  });
});

describe('updates', () => {
  test('the context is the least that was read, the cost is a sum', () => {
    const meter = usageMeter(false);
    meter.begin();
    expect(meter.update(update(100))).toEqual({ input: 100, cached: 0, output: 0, usd: null });
    expect(meter.update(update(80, 0.5))).toEqual({ input: 100, cached: 0, output: 0, usd: 0.5 });
    expect(meter.update(update(120, 0.7))).toEqual({ input: 120, cached: 0, output: 0, usd: 0.7 });
    expect(meter.end({})).toEqual({ input: 120, cached: 0, output: 0, usd: 0.7 });
  });

  test('the tokens of the answer count, with the cost of the updates', () => {
    const meter = usageMeter(false);
    meter.begin();
    meter.update(update(100, 0.5));
    expect(meter.end(answer({ inputTokens: 10, outputTokens: 5, totalTokens: 15 }))).toEqual({
      input: 10,
      cached: 0,
      output: 5,
      usd: 0.5,
    });
  });

  test('what a session had cost before is not of this turn', () => {
    const meter = usageMeter(true);
    expect(meter.update(update(50, 3))).toBe(null);
    meter.begin();
    expect(meter.update(update(60, 3.25))).toMatchObject({ usd: 0.25 });
    expect(meter.update(update(60, 2))).toMatchObject({ usd: 0 });
  });

  test('a session that goes on without saying what it had cost: its sum is no cost of this turn', () => {
    const meter = usageMeter(true);
    meter.begin();
    expect(meter.update(update(60, 3.25))).toMatchObject({ input: 60, usd: null });
  });

  test.each([
    [update(100, 5, 'EUR'), { input: 100, usd: null }],
    [update(100, 'x'), { input: 100, usd: null }],
    [update(-1, -1), null],
    [update('x'), null],
    [null, null],
  ])('%j', (said, usage) => {
    const meter = usageMeter(true);
    meter.begin();
    if (usage === null) expect(meter.update(said)).toBe(null);
    else expect(meter.update(said)).toMatchObject(usage);
  });
});
