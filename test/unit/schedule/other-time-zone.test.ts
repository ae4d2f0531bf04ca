import { describe, expect, it } from 'vitest';
import { otherTimeZone } from '../../../src/schedule/other-time-zone.ts';
import { planned } from './make.ts';

const NOW = new Date('2026-11-20T10:00:00Z');

describe('otherTimeZone', () => {
  it.each([
    ['the same zone', planned('pm', '30 2 * * *', 'Europe/Berlin'), 'Europe/Berlin'],
    ['another name of it', planned('pm', '30 2 * * *', 'UTC'), 'Etc/UTC'],
    ['a zone with the same clock all year', planned('pm', '30 2 * * *', 'Europe/Berlin'), 'Europe/Paris'],
    ['no zone wished', planned('pm', '30 2 * * *'), 'Asia/Tokyo'],
    ['an interval', planned('pm', '20m', 'Europe/Berlin'), 'Asia/Tokyo'],
    ['every minute 10, where zones differ by hours', planned('pm', '10 * * * *', 'Europe/Berlin'), 'UTC'],
  ])('says nothing: %s', (_name, one, zone) => {
    expect(otherTimeZone(one, zone, NOW)).toBeNull();
  });

  it.each(['UTC', 'Africa/Lagos'])('says so where the moments differ, be it in summer alone: %s', (zone) => {
    expect(otherTimeZone(planned('pm', '30 2 * * *', 'Europe/Berlin'), zone, NOW)).toBe(
      `pm: \`30 2 * * *\` is read in this machine's time zone (${zone}), not in Europe/Berlin`,
    );
  });
});
