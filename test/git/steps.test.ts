import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeArena } from '../steps/arena.ts';
import { faultInWords } from '../steps/faults-of.ts';
import type { Scenario } from '../steps/scenario.ts';
import { SCENARIOS } from '../steps/scenarios.ts';
import { type Trial, tryFault } from '../steps/trial.ts';
import type { Fault } from '../support/fault.ts';

/** Another sample than the usual one: ROTA_STEPS_SEED=7. Every step of every scenario: npm run steps. */
const SEED = Number(process.env['ROTA_STEPS_SEED'] ?? 1);

/** Of these a death or an error at one step is tried, by turns: about how many changing steps they have. */
const SAMPLE: Readonly<Record<string, number>> = {
  'run, main at home': 190,
  'run, bare repository': 120,
  'run, remote': 130,
  'release, red': 160,
  'proposed tasks': 160,
  'sweep, remote': 40,
  'sweep, what waits': 60,
  rescue: 50,
  'edit and add': 40,
  pause: 9,
  sync: 30,
};

describe('death and errors at any step', () => {
  const chance = chances(SEED);
  const tried = SCENARIOS.filter(({ name }) => name in SAMPLE).map((scenario, n) => {
    const at = 1 + Math.floor(chance() * SAMPLE[scenario.name]!);
    const fault: Fault =
      n % 2 === SEED % 2
        ? { kind: 'death', at, when: chance() < 0.5 ? 'before' : 'after' }
        : { kind: 'error', at, variant: at, persistent: chance() < 0.5, effect: false };
    return { scenario, fault, what: `${scenario.name}: ${faultInWords(fault)}` };
  });

  it.concurrent.each(tried)('$what heals', { timeout: 300_000 }, async ({ scenario, fault }) => {
    const trial = await inArena(scenario, fault);
    expect({ step: trial.step, end: trial.end, violations: trial.violations }).toMatchObject({
      violations: [],
    });
    expect(trial.hit, 'the step was reached').toBe(true);
  });
});

async function inArena(scenario: Scenario, fault: Fault): Promise<Trial> {
  const arena = makeArena(mkdtempSync(join(tmpdir(), 'rota-steps-')), scenario.hub, scenario.wish);
  try {
    await scenario.prepare?.(arena);
    arena.keep();
    return await tryFault(arena, scenario, fault);
  } finally {
    arena.dispose();
  }
}

/** The same fractions in [0, 1) for the same seed (mulberry32). */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
