import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterEdit } from '../../../src/plan/after-edit.ts';
import { OUTCOMES, type Outcome, outcomeEffects, outcomeExit } from '../../../src/plan/outcome.ts';
import type { AttemptNote, TaskRecord, WaitingLanding } from '../../../src/plan/record.ts';
import { decideRelease, type ReleaseInput } from '../../../src/plan/release.ts';
import { makeLock, makeRecord, NOW } from './make.ts';

const WAITING: WaitingLanding = {
  commit: 'c',
  base: 'b',
  reason: 'index.lock in the way',
  since: '2026-11-20',
};

function release(
  outcome: ReleaseInput['outcome'],
  before: Partial<TaskRecord> = {},
  over: Partial<ReleaseInput> = {},
) {
  return decideRelease({
    outcome,
    record: makeRecord({ lock: makeLock(), publish: 'p', of: 'hash', ...before }),
    role: { attempts: 3 },
    run: 'R1',
    reason: 'why',
    question: null,
    details: null,
    waiting: outcome === 'waiting' ? WAITING : null,
    pr: outcome === 'proposed' ? 'https://x/1' : null,
    now: NOW,
    random: 0,
    ...over,
  });
}

const note = (outcome: string, over: Partial<AttemptNote> = {}): AttemptNote => ({
  run: 'R0',
  at: NOW.toISOString(),
  outcome,
  text: 't',
  ...over,
});

describe('the outcome table', () => {
  it.each<[Outcome, boolean, string, string | null, string, number]>([
    ['landed', false, 'gone', null, 'lands', 0],
    ['proposed', false, 'pushed', 'proposed', 'untouched', 0],
    ['idle', false, 'none', 'unchanged', 'untouched', 0],
    ['waiting', false, 'kept', 'waiting', 'untouched', 1],
    ['held', false, 'kept', 'held', 'untouched', 1],
    ['red', true, 'kept', null, 'note', 1],
    ['conflict', true, 'kept', null, 'note', 1],
    ['partial', true, 'kept', null, 'note', 1],
    ['timed-out', true, 'kept', null, 'note', 1],
    ['stalled', true, 'kept', null, 'note', 1],
    ['blocked', true, 'kept', 'blocked', 'blocked', 1],
    ['refused', true, 'kept', 'blocked', 'blocked', 1],
    ['revoked', false, 'kept', null, 'untouched', 1],
    ['main-red', false, 'kept', 'unchanged', 'remove-block', 1],
    ['failed', false, 'kept', 'unchanged', 'remove-block', 3],
    ['interrupted', false, 'kept', 'unchanged', 'remove-block', 130],
  ])('%s', (outcome, counts, work, state, main, exit) => {
    expect(outcomeEffects(outcome)).toMatchObject({ counts, work, state, main, exit });
    expect(outcomeExit(outcome)).toBe(exit);
  });

  it('tells the signal of an interrupted run', () => {
    expect(outcomeExit('interrupted', 'SIGINT')).toBe(130);
    expect(outcomeExit('interrupted', 'SIGTERM')).toBe(143);
    expect(outcomeExit('red', 'SIGTERM')).toBe(1);
  });
});

describe('decideRelease', () => {
  it.each<[ReleaseInput['outcome'], Partial<TaskRecord> | null, 'blocked' | null, boolean, boolean]>([
    ['landed', null, null, false, false],
    ['proposed', { state: 'proposed', pr: 'https://x/1', attempts: 0 }, null, false, false],
    ['waiting', { state: 'waiting', waiting: WAITING, reason: 'index.lock in the way' }, null, false, false],
    ['held', { state: 'held', reason: 'why', attempts: 0 }, null, false, false],
    ['red', { state: null, attempts: 1, reason: null }, null, true, true],
    ['conflict', { state: null, attempts: 1 }, null, true, true],
    ['partial', { state: null, attempts: 1 }, null, true, true],
    ['timed-out', { state: null, attempts: 1 }, null, true, true],
    ['stalled', { state: null, attempts: 1 }, null, true, true],
    ['blocked', { state: 'blocked', reason: 'why', attempts: 1 }, 'blocked', true, true],
    ['refused', { state: 'blocked', reason: 'why', attempts: 1 }, 'blocked', true, true],
    ['revoked', null, null, false, false],
    ['main-red', { state: null, attempts: 0 }, null, false, true],
    ['failed', { state: null, attempts: 0, notBefore: '2026-11-20T12:01:00.000Z' }, null, false, true],
    ['interrupted', null, null, false, true],
  ])('%s from nothing', (outcome, record, statusOnMain, hasNote, removeBlock) => {
    const result = release(outcome);
    if (record === null) expect(result.record).toBeNull();
    else expect(result.record).toMatchObject({ ...record, lock: null, publish: null, of: 'hash' });
    expect(result).toMatchObject({ statusOnMain, removeBlock });
    expect(result.note !== null).toBe(hasNote);
  });

  it('blocks at the limit, and says how the attempts were used', () => {
    expect(release('red', { attempts: 1 }).record).toMatchObject({ attempts: 2, state: null });
    const last = release('red', { attempts: 2 });
    expect(last.record).toMatchObject({ attempts: 3, state: 'blocked' });
    expect(last.record?.reason).toBe('3 of 3 attempts used; the last one: red, why');
    expect(last).toMatchObject({
      statusOnMain: 'blocked',
      note: '3 of 3 attempts used; the last one: red, why',
    });
  });

  it('keeps the question for the person', () => {
    const result = release('blocked', {}, { question: 'Which key?' });
    expect(result.record?.reason).toBe('Which key?');
    expect(result.note).toBe('why\nWhich key?');
  });

  it('leaves a waiting landing waiting when the run was only interrupted, and not when a person took it away', () => {
    const before = { state: 'waiting', waiting: WAITING, reason: 'in the way' } as const;
    expect(release('interrupted', before).record).toMatchObject(before);
    expect(release('failed', before).record).toMatchObject(before);
    expect(release('revoked', before).record).toBeNull();
    expect(release('red', before).record).toMatchObject({ state: null, waiting: null });
  });

  it('keeps a returned pull request returned until it is proposed again', () => {
    const before = { state: 'returned', pr: 'https://x/1' } as const;
    expect(release('red', before).record).toMatchObject(before);
    expect(release('red', { ...before, attempts: 2 }).record).toMatchObject({
      state: 'blocked',
      pr: 'https://x/1',
    });
  });

  it('keeps the ref when log lines or notes are left in it', () => {
    expect(release('interrupted', { log: ['x'] }).record?.log).toEqual(['x']);
    expect(release('revoked', { notes: [note('red')] }).record?.notes).toHaveLength(1);
    expect(release('interrupted', { attempts: 1 }).record).not.toBeNull();
  });

  it('keeps the last three notes of at most 4 KiB, start and end of long output', () => {
    const before = { notes: [note('red'), note('partial'), note('stalled')] };
    const details = `first\n${'é'.repeat(5000)}\nlast`;
    const notes = release('red', before, { details }).record?.notes ?? [];
    expect(notes.map(({ outcome }) => outcome)).toEqual(['partial', 'stalled', 'red']);
    const text = notes[2]!.text;
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
    expect(text).toMatch(/^why\nfirst\n.*\n… \(cut\) …\n.*\nlast$/s);
    expect(text).not.toContain('\ufffd');
  });

  it.each([0, 1, 2, 3])('cuts no character in two, %i bytes on', (shift) => {
    const details = `${'x'.repeat(shift)}${'€'.repeat(3000)}${'x'.repeat(shift)}`;
    expect(release('red', {}, { details }).record?.notes[0]?.text).not.toContain('\ufffd');
  });

  it('waits twice as long after each failure, 60 minutes at most, without losing earlier notes', () => {
    let record = makeRecord({ notes: [note('red'), note('partial')] });
    const waits: number[] = [];
    let now = NOW;
    for (let n = 0; n < 8; n++) {
      record = release('failed', record, { now }).record!;
      waits.push((Date.parse(record.notBefore!) - now.getTime()) / 60_000);
      now = new Date(Date.parse(record.notBefore!) + 5_000_000);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(record.notes.map(({ outcome }) => outcome)).toEqual(['red', 'partial', 'failed']);
    const other = release('red', record).record!;
    expect(other.notBefore).toBeNull();
    expect(release('failed', other).record?.notBefore).toBe('2026-11-20T12:01:00.000Z');
  });

  it('waits at least as long as a client or a budget says, a week at most, and begins anew after that', () => {
    const until = (notBefore: string | null, before: Partial<TaskRecord> = {}) =>
      release('failed', before, { notBefore }).record!.notBefore;
    expect(until('2026-11-21T00:00:00.000Z')).toBe('2026-11-21T00:00:00.000Z');
    expect(until('2026-11-20T12:00:30.000Z')).toBe('2026-11-20T12:01:00.000Z');
    expect(until('2001-01-01T00:00:00.000Z')).toBe('2026-11-20T12:01:00.000Z');
    expect(until('9999-01-01T00:00:00.000Z')).toBe('2026-11-27T12:00:00.000Z');
    expect(until('soon')).toBe('2026-11-20T12:01:00.000Z');
    const told = { notes: [note('failed')], notBefore: '2026-11-21T00:00:00.000Z' };
    expect(until(null, told)).toBe('2026-11-20T12:01:00.000Z');
    expect(release('red', {}, { notBefore: '2026-11-21T00:00:00.000Z' }).record!.notBefore).toBeNull();
  });

  it('never waits outside 1 to 60 minutes, whatever the record says', () => {
    const when = fc.oneof(
      fc.constantFrom('', 'never'),
      fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
    );
    fc.assert(
      fc.property(when, when, fc.double({ min: 0, max: 0.999, noNaN: true }), (at, notBefore, random) => {
        const { record } = release('failed', { notes: [note('failed', { at })], notBefore }, { random });
        const wait = Date.parse(record!.notBefore!) - NOW.getTime();
        expect(wait).toBeGreaterThanOrEqual(60_000);
        expect(wait).toBeLessThanOrEqual(3_600_000);
      }),
      { numRuns: 200 },
    );
  });

  it('never keeps a lock, never loses attempts, never exceeds three notes', () => {
    const outcomes = OUTCOMES.filter((outcome) => outcome !== 'idle');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...outcomes), { maxLength: 12 }), (list) => {
        let record: TaskRecord = makeRecord();
        for (const outcome of list) {
          const next = release(outcome, { ...record, lock: makeLock() }).record;
          if (next === null) return;
          expect(next.lock).toBeNull();
          expect(next.attempts).toBe(record.attempts + (outcomeEffects(outcome).counts ? 1 : 0));
          expect(next.notes.length).toBeLessThanOrEqual(3);
          expect(next.waiting !== null).toBe(next.state === 'waiting');
          record = next;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not accept a waiting run that waits for nothing', () => {
    expect(() => release('waiting', {}, { waiting: null })).toThrow('must say for what it waits');
  });
});

describe('afterEdit', () => {
  it('starts attempts again and lifts blocked only', () => {
    const blocked = makeRecord({ attempts: 3, state: 'blocked', reason: 'x', notes: [note('red')] });
    expect(afterEdit(blocked)).toEqual({ ...blocked, attempts: 0, state: null, reason: null });
    expect(afterEdit(makeRecord({ attempts: 1, state: 'held', reason: 'x' }))).toMatchObject({
      attempts: 0,
      state: 'held',
      reason: 'x',
    });
  });
});
