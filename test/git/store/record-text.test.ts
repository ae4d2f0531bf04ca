import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import { type LockRecord, RECORD_STATES, type TaskRecord } from '../../../src/plan/record.ts';
import { decodeRecord } from '../../../src/store/records/decode.ts';
import { encodeRecord } from '../../../src/store/records/encode.ts';
import { toYaml, type YamlValue } from '../../../src/task/yaml.ts';

const LOCK: LockRecord = {
  run: '01JD0000000000000000000000',
  role: 'developer',
  by: 'pat@host',
  host: 'host',
  machine: 'm',
  pidNamespace: 'pid:[4026531836]',
  boot: 'b',
  pid: 12,
  started: '0123',
  pgid: null,
  branch: 'ai/developer/A1-x',
  since: '2026-11-20T11:03:23.000Z',
};

describe('the text of a record', () => {
  it('is YAML that people can read', () => {
    const text = encodeRecord(
      { ...emptyRecord('A1'), lock: LOCK, notBefore: '2026-12-01', log: ['a | b'] },
      'N1',
    );
    expect(text).toMatchInlineSnapshot(`
      "v: 1
      task: A1
      lock:
        run: 01JD0000000000000000000000
        role: developer
        by: pat@host
        host: host
        machine: m
        pid-namespace: pid:[4026531836]
        boot: b
        pid: 12
        started: "0123"
        pgid: null
        branch: ai/developer/A1-x
        since: 2026-11-20T11:03:23.000Z
      state: null
      attempts: 0
      reason: null
      notes: []
      not-before: 2026-12-01
      pr: null
      waiting: null
      publish: null
      of: null
      log:
        - a | b
      nonce: N1
      "
    `);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(records, fc.string(), (record, nonce) => {
        const decoded = decodeRecord(Buffer.from(encodeRecord(record, nonce)));
        expect(decoded).toEqual({ kind: 'record', record });
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeRecord(bytes)));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decodeRecord(Buffer.from(text))));
  });

  it.each<[string, YamlValue, unknown]>([
    [
      'unknown keys are ignored',
      { ...plain(), later: { a: [1] } },
      { kind: 'record', record: emptyRecord('A1') },
    ],
    ['a newer version is somebody’s', { ...plain(), v: 2, lock: 'what?' }, { kind: 'newer', version: 2 }],
    ['no version', { task: 'A1' }, { kind: 'broken', problem: expect.stringContaining('v') }],
    [
      'a missing key',
      { ...plain(), attempts: null },
      { kind: 'broken', problem: expect.stringContaining('attempts') },
    ],
    [
      'an unknown state',
      { ...plain(), state: 'open' },
      { kind: 'broken', problem: expect.stringContaining('state') },
    ],
    [
      'a pid that is none',
      { ...plain(), lock: { run: 'R', pid: -1 } },
      { kind: 'broken', problem: expect.stringContaining('lock') },
    ],
    ['no map', ['A1'], { kind: 'broken', problem: expect.any(String) }],
  ])('%s', (_name, value, expected) => {
    expect(decodeRecord(Buffer.from(toYaml(value)))).toEqual(expected);
  });

  it.each([
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(9)}]`)
        .join('\n')}\n`,
    ],
    ['a key twice', 'v: 1\nv: 1\n'],
    ['over 1 MiB', `v: 1\n# ${'x'.repeat(1_100_000)}\n`],
    ['broken YAML', 'v: [1\n'],
    ['nothing', ''],
  ])('%s is broken', (_name, text) => {
    expect(decodeRecord(Buffer.from(text))).toEqual({ kind: 'broken', problem: expect.any(String) });
  });
});

/** An empty record's keys, as in the file. */
function plain(): Record<string, YamlValue> {
  return {
    v: 1,
    task: 'A1',
    lock: null,
    state: null,
    attempts: 0,
    reason: null,
    notes: [],
    'not-before': null,
    pr: null,
    waiting: null,
    publish: null,
    of: null,
    log: [],
    nonce: 'N',
  };
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '012',
    '1e3',
    '0x1F',
    '~',
    'null',
    'yes',
    '2026-11-20',
    '- a',
    'a: b',
    '#',
    '%YAML',
    '---',
    '...',
    'a\n---\nb',
    ' x ',
    '\ttab',
    '\r\n',
    'a\r\nb',
    'x\u0085y',
    '\u2028',
    '__proto__',
    '\u001b[31m',
    '\ufeff',
    '&a',
    '*a',
    '!!js',
    '|',
    '>',
    '"',
    "'",
  ),
);
const maybe = fc.option(text);
const lock: fc.Arbitrary<LockRecord> = fc.record({
  run: text,
  role: text,
  by: text,
  host: text,
  machine: text,
  pidNamespace: text,
  boot: text,
  pid: fc.nat(),
  started: text,
  pgid: fc.option(fc.nat()),
  branch: text,
  since: text,
});
const name = fc.stringMatching(/^ai\/[a-z]{1,9}\/[A-Z][1-9]-[a-z]{1,9}$/);
const commit = fc.stringMatching(/^[0-9a-f]{40}$/);
const records: fc.Arbitrary<TaskRecord> = fc.record({
  v: fc.constant(1 as const),
  task: text,
  lock: fc.option(lock),
  state: fc.option(fc.constantFrom(...RECORD_STATES)),
  attempts: fc.nat(),
  reason: maybe,
  notes: fc.array(fc.record({ run: text, at: text, outcome: text, text }), { maxLength: 3 }),
  notBefore: maybe,
  pr: maybe,
  waiting: fc.option(fc.record({ commit: text, base: text, reason: text, since: text })),
  proposal: fc.option(fc.record({ branch: name, head: commit, base: commit, since: text })),
  returned: fc.option(fc.record({ head: commit, review: maybe, comment: maybe, checks: fc.nat() })),
  publish: maybe,
  of: maybe,
  log: fc.array(text, { maxLength: 3 }),
});
