import { describe, expect, it } from 'vitest';
import { dueAfter } from '../../../src/plan/overdue.ts';
import { paceInWords, parsePace } from '../../../src/task/pace.ts';
import { pace } from './make.ts';

const at = (time: string) => new Date(`2026-11-20T${time}Z`);

describe('dueAfter', () => {
  it('says nothing about a role that never worked here', () => {
    expect(dueAfter(pace('20m'), 'UTC', null, at('10:00:00'))).toEqual({ due: null, overdue: false });
  });

  it('an interval counts from the last time, with 20 minutes of grace', () => {
    const since = at('10:00:00');
    expect(dueAfter(pace('20m'), 'UTC', since, at('10:40:00'))).toEqual({
      due: at('10:20:00'),
      overdue: false,
    });
    expect(dueAfter(pace('20m'), 'UTC', since, at('10:40:01')).overdue).toBe(true);
  });

  it('a cron expression is read in its time zone', () => {
    // 2:30 in Berlin is 1:30 UTC in winter.
    const { due } = dueAfter(pace('30 2 * * *'), 'Europe/Berlin', at('10:00:00'), at('11:00:00'));
    expect(due).toEqual(new Date('2026-11-21T01:30:00Z'));
  });
});

describe('a pace in words', () => {
  it.each([
    ['every 20m', 'every 20m'],
    ['60m', 'every 1h'],
    ['EVERY 90m', 'every 90m'],
    ['every 24h', 'every 1d'],
    ['30 2 * * *', '30 2 * * *'],
  ])('%s is %s', (text, words) => {
    expect(paceInWords(pace(text))).toBe(words);
  });

  it.each(['', 'every', 'often', 'every 5', '10s', '99 * * * *'])('%j is none', (text) => {
    expect(parsePace(text)).toBeNull();
  });
});
