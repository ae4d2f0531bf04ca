import { describe, expect, it } from 'vitest';
import { readCalendar } from '../../../src/schedule/calendar.ts';

describe('readCalendar', () => {
  it.each([
    ['30 2 * * *', { minute: [30], hour: [2], day: null, month: null, weekday: null }],
    ['*/20 * * * *', { minute: [0, 20, 40], hour: null, day: null, month: null, weekday: null }],
    ['5/25 8-10 * * *', { minute: [5, 30, 55], hour: [8, 9, 10], day: null, month: null, weekday: null }],
    ['0 0 1,15 jan,JUL *', { minute: [0], hour: [0], day: [1, 15], month: [1, 7], weekday: null }],
    ['0 9 * * mon-fri', { minute: [0], hour: [9], day: null, month: null, weekday: [1, 2, 3, 4, 5] }],
    ['0 9 * * 7', { minute: [0], hour: [9], day: null, month: null, weekday: [0] }],
    ['0 9 * * 0-7', { minute: [0], hour: [9], day: null, month: null, weekday: null }],
  ])('%s', (text, calendar) => {
    expect(readCalendar(text)).toEqual(calendar);
  });

  it.each(['0 0 L * *', '0 0 * * 5#2', '0 0 15W * *', '0 5-2 * * *', '61 0 * * *', '0 0 * foo *'])(
    'refuses %s',
    (text) => {
      expect(() => readCalendar(text)).toThrow('is not something that every system can do');
    },
  );

  it('refuses days of both kinds, which cron joins with "or"', () => {
    expect(() => readCalendar('0 0 13 * 5')).toThrow('systems disagree');
  });
});
