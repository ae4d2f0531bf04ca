import { describe, expect, it } from 'vitest';
import { judgeLock, type LockFacts } from '../../../src/plan/staleness.ts';
import { makeLock } from './make.ts';

const HERE: LockFacts = {
  machine: 'm1',
  host: 'host',
  pidNamespace: 'ns1',
  boot: 'boot1',
  process: { alive: true, started: '1000' },
  seenUnchangedFor: null,
};
const GONE = { alive: false, started: null } as const;
/** The pid namespace with which Linux boots. */
const MACHINE_ITSELF = 'pid:[4026531836]';
const DAY = 86_400_000;

describe('judgeLock', () => {
  it.each<[string, Partial<LockFacts>, string]>([
    ['alive here', {}, 'live'],
    ['alive here, unchanged for a day: age is no proof', { seenUnchangedFor: DAY }, 'live'],
    ['gone here', { process: { alive: false, started: null } }, 'dead'],
    ['its number used again', { process: { alive: true, started: '2000' } }, 'dead'],
    ['start time unreadable', { process: { alive: true, started: null } }, 'live'],
    ['unreadable', { process: 'unreadable' }, 'live'],
    ['a container after another boot, or its twin on another machine', { boot: 'boot2' }, 'unknown'],
    ['the same, 15:00', { boot: 'boot2', seenUnchangedFor: 15 * 60_000 }, 'dead'],
    ['boot unknown', { boot: '' }, 'live'],
    ['other machine, first seen', { machine: 'm2', process: { alive: false, started: null } }, 'unknown'],
    ['other machine and boot', { machine: 'm2', boot: 'boot2' }, 'unknown'],
    ['other machine, 14:59', { machine: 'm2', seenUnchangedFor: 15 * 60_000 - 1 }, 'unknown'],
    ['other machine, 15:00', { machine: 'm2', seenUnchangedFor: 15 * 60_000 }, 'dead'],
    ['other container', { pidNamespace: 'ns2', process: { alive: false, started: null } }, 'unknown'],
    ['other container, 15:00', { pidNamespace: 'ns2', seenUnchangedFor: 15 * 60_000 }, 'dead'],
  ])('%s', (_name, over, verdict) => {
    expect(judgeLock(makeLock(), { ...HERE, ...over }).verdict).toBe(verdict);
  });

  it.each<[string, string, Partial<LockFacts>, string]>([
    ['restarted', MACHINE_ITSELF, { boot: 'boot2' }, 'dead'],
    ['restarted, where nobody has pid namespaces', 'none', { boot: 'boot2' }, 'dead'],
    ['a machine from the same image, running', MACHINE_ITSELF, { boot: 'boot2', host: 'twin' }, 'unknown'],
    ['renamed without a restart', MACHINE_ITSELF, { host: 'new', process: GONE }, 'dead'],
  ])('no container: %s', (_name, pidNamespace, over, verdict) => {
    expect(judgeLock(makeLock({ pidNamespace }), { ...HERE, pidNamespace, ...over }).verdict).toBe(verdict);
  });

  it('machines without an id are not the same machine', () => {
    const facts: LockFacts = { ...HERE, machine: '', process: { alive: false, started: null } };
    expect(judgeLock(makeLock({ machine: '' }), facts).verdict).toBe('unknown');
  });

  it('says why', () => {
    const own = { pidNamespace: MACHINE_ITSELF };
    expect(judgeLock(makeLock(own), { ...HERE, ...own, boot: 'b' }).reason).toBe('host was restarted since');
    expect(judgeLock(makeLock(), { ...HERE, pidNamespace: 'ns2' }).reason).toContain(
      'in another container on',
    );
    expect(judgeLock(makeLock(), { ...HERE, boot: 'b' }).reason).toBe(
      'its worker runs on host; seen for the first time',
    );
    expect(judgeLock(makeLock(), { ...HERE, machine: 'm2', seenUnchangedFor: 120_000 }).reason).toBe(
      'its worker runs on host; unchanged for 2 of 15 min',
    );
  });
});
