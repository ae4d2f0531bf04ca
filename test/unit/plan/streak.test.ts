import { describe, expect, it } from 'vitest';
import { OUTCOMES, type Outcome } from '../../../src/events.ts';
import type { AgentFailureKind } from '../../../src/plan/agent-failure.ts';
import { activePause, type EndedRun, type Streak, streakAfter } from '../../../src/plan/streak.ts';
import { NOW } from './make.ts';

const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const ended = (outcome: Outcome, over: Partial<EndedRun> = {}): EndedRun => ({
  ...{
    run: 'R',
    task: 'A1',
    outcome,
    failure: null,
    reason: `why ${outcome}`,
    retryAfter: null,
    spent: false,
  },
  ...over,
});
const failed = (failure: AgentFailureKind, retryAfter: number | null = null) =>
  ended('failed', { failure, retryAfter, reason: `claude: ${failure}` });
const after = (...runs: EndedRun[]): Streak | null =>
  runs.reduce<Streak | null>((streak, run) => streakAfter(streak, run, NOW), null);

describe('three in a row', () => {
  it.each(['red', 'conflict', 'partial', 'timed-out', 'stalled', 'blocked', 'refused', 'failed'] as const)(
    'of %s pause a role, two do not',
    (outcome) => {
      expect(activePause(after(ended(outcome), ended(outcome)), NOW)).toBeNull();
      const pause = activePause(after(ended(outcome), ended(outcome), ended(outcome)), later(100_000));
      expect(pause).toEqual({
        since: NOW.toISOString(),
        until: null,
        reason: `3 runs in a row on this machine did not land: A1 ${outcome}, A1 ${outcome}, A1 ${outcome}`,
      });
    },
  );

  it.each(['idle', 'interrupted', 'revoked', 'waiting', 'held', 'main-red'] as const)(
    '%s neither counts nor breaks the row',
    (outcome) => {
      const streak = after(ended('red'), ended(outcome), ended('red'), ended(outcome), ended('red'));
      expect(streak?.count).toBe(3);
      expect(after(...Array<EndedRun>(5).fill(ended(outcome)))).toBeNull();
    },
  );

  it.each(['landed', 'proposed'] as const)('%s begins anew, a pause included', (outcome) => {
    expect(after(ended('red'), ended('red'), ended('red'), ended(outcome))).toBeNull();
    expect(activePause(after(ended('red'), ended('red'), ended(outcome), ended('red')), NOW)).toBeNull();
  });

  it('every outcome is one of these', () => {
    for (const outcome of OUTCOMES) expect(() => after(ended(outcome))).not.toThrow();
    expect(OUTCOMES).toHaveLength(16);
  });

  it('a run that a budget ended is not of the row', () => {
    const spent = ended('failed', { spent: true });
    expect(after(spent, spent, spent)).toBeNull();
    expect(after(ended('partial', { spent: true }))).toBeNull();
  });

  it('names the newest three, and that there were more', () => {
    const runs = ['A1', 'A2', 'A3', 'A4', 'A5'].map((task) => ended('red', { task }));
    expect(after(...runs)?.pause?.reason).toBe(
      '5 runs in a row on this machine did not land: …, A3 red, A4 red, A5 red',
    );
    expect(after(...runs)?.runs).toHaveLength(3);
  });
});

describe('a client that cannot work', () => {
  it.each(['not-logged-in', 'out-of-credit'] as const)('%s pauses at once', (kind) => {
    expect(activePause(after(failed(kind)), later(100_000))).toMatchObject({
      until: null,
      reason: `claude: ${kind}`,
    });
  });

  it('until it works again, if it said when', () => {
    const streak = after(failed('out-of-credit', 5 * 60 * 60_000));
    expect(activePause(streak, later(299))).toMatchObject({ until: later(300).toISOString() });
    expect(activePause(streak, later(300))).toBeNull();
  });

  it('a rate limit of hours pauses at once, one of seconds does not', () => {
    expect(activePause(after(failed('rate-limited', 60 * 60_000)), later(59))).not.toBeNull();
    expect(after(failed('rate-limited', 30_000))?.pause).toBeNull();
    expect(after(failed('rate-limited'))?.pause).toBeNull();
  });

  it('a time in years is a week at most', () => {
    const pause = after(failed('rate-limited', Number.MAX_SAFE_INTEGER))?.pause;
    expect(pause?.until).toBe(later(7 * 24 * 60).toISOString());
  });

  it('three outages in a row look again in an hour, by themselves, and one more pauses at once', () => {
    const streak = after(failed('outage'), failed('rate-limited'), failed('outage'));
    expect(activePause(streak, later(59))?.reason).toContain('A1 outage, A1 rate-limited, A1 outage');
    expect(activePause(streak, later(60))).toBeNull();
    const again = streakAfter(streak, failed('outage'), later(61));
    expect(activePause(again, later(120))).not.toBeNull();
    expect(activePause(again, later(121))).toBeNull();
  });

  it('an outage among other failures needs a person', () => {
    expect(after(failed('outage'), ended('red'), failed('outage'))?.pause?.until).toBeNull();
  });

  it('a named task that fails under a pause does not lift it', () => {
    const streak = after(failed('not-logged-in'), ended('red'));
    expect(activePause(streak, later(5))?.reason).toBe('claude: not-logged-in');
  });
});

it('a time that cannot be read is no pause without an end', () => {
  const streak = after(failed('not-logged-in'))!;
  expect(activePause({ ...streak, pause: { ...streak.pause!, until: 'soon' } }, NOW)).toBeNull();
  expect(activePause(null, NOW)).toBeNull();
});
