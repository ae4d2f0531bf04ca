import { expect, test } from 'vitest';
import { turnPause } from '../../../src/plan/turn-pause.ts';

test('who has waited longer looks more often, and nobody all the time', () => {
  const pauses = [0, 30_000, 60_000, 90_000, 120_000, 600_000].map((waited) => turnPause(waited, 0.5));
  expect(pauses).toEqual([3_000, 2_250, 1_500, 750, 500, 500]);
});

test('half more or less, so that not everybody looks at once', () => {
  expect([turnPause(0, 0), turnPause(0, 0.999)]).toEqual([1_500, expect.closeTo(4_497)]);
});
