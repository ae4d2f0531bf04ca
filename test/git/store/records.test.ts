import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LockRecord, RECORD_STATES, type TaskRecord } from '../../../src/plan/record.ts';
import { decodeRecord } from '../../../src/store/records/decode.ts';
import { emptyRecord } from '../../../src/store/records/empty-record.ts';
import { encodeRecord } from '../../../src/store/records/encode.ts';
import { PAUSE_REF, readPause, writePause } from '../../../src/store/records/pause.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { taskKey } from '../../../src/task/id.ts';
import { toYaml, type YamlValue } from '../../../src/task/yaml.ts';
import { sandbox } from '../../support/repo.ts';
import { openStore, storeOf, type TestStore } from './open-store.ts';

const A1 = taskKey('A1');
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

describe('records in the repository', () => {
  it('are read together, and those that cannot be read count as held and are named', async () => {
    const store = await openStore('local');
    const { records, repo } = store;
    const good = await store.record('A1');
    const blob = repo.git('rev-parse', `${good}:record.yaml`);
    const commit = (name: string, oid: string) => {
      repo.git('read-tree', '--empty');
      repo.git('update-index', '--add', '--cacheinfo', `100644,${oid},${name}`);
      return repo.git('commit-tree', repo.git('write-tree'), '-m', 'x');
    };
    const newer = commit('record.yaml', hash(store, 'v: 2\n'));
    const empty = commit('other.yaml', blob);
    const missing = 'f'.repeat(40);
    const view = {
      tasks: new Map([
        [A1, good],
        [taskKey('A2'), good],
        [taskKey('A3'), newer],
        [taskKey('A4'), empty],
        [taskKey('A5'), missing],
      ]),
    };
    const all = await records.readAll(view);
    expect(all.get(A1)).toEqual({ token: good, record: emptyRecord('A1') });
    const problem = (text: string) => ({ record: null, problem: expect.stringContaining(text) });
    expect(all.get(taskKey('A2'))).toMatchObject(problem('another task'));
    expect(all.get(taskKey('A3'))).toMatchObject(problem('newer rota'));
    expect(all.get(taskKey('A4'))).toMatchObject(problem('no record.yaml'));
    expect(all.get(taskKey('A5'))).toMatchObject(problem('refs/rota/tasks/A5'));
  });

  it('are never the same object twice', async () => {
    const store = await openStore('local');
    const tokens = await Promise.all([store.record('A1'), store.record('A1'), store.record('A1')]);
    expect(new Set(tokens).size).toBe(3);
  });

  it('follow their predecessor, and a renewal takes its place', async () => {
    const { records, repo, main } = await openStore('local');
    const parents = (token: string) =>
      repo.git('show', '-s', '--format=%P', token).split(' ').filter(Boolean);
    const first = await records.write(emptyRecord('A1'), { previous: null });
    const second = await records.write(emptyRecord('A1'), { previous: first, keep: [main()] });
    const renewed = await records.write(emptyRecord('A1'), { previous: second, replaces: true });
    const again = await records.write(emptyRecord('A1'), {
      previous: renewed,
      replaces: true,
      keep: [main()],
    });
    expect([parents(first), parents(second)]).toEqual([[], [first, main()]]);
    expect([parents(renewed), parents(again)]).toEqual([
      [first, main()],
      [first, main()],
    ]);
    expect(repo.git('ls-tree', '--name-only', second)).toBe('record.yaml');
  });

  it('move no ref by being written', async () => {
    const { record, repo } = await openStore('local');
    const before = repo.git('for-each-ref');
    await record('A1');
    expect(repo.git('for-each-ref')).toBe(before);
  });

  it('work with SHA-256 objects', async () => {
    const box = sandbox();
    box.env['GIT_DEFAULT_HASH'] = 'sha256';
    const repo = box.repo('long');
    const other = await storeOf(box, repo, repo, null);
    const token = await other.record('A1');
    expect(token).toHaveLength(64);
    await other.refs.swap([{ ref: taskRef(A1), from: null, to: token }]);
    expect((await other.records.readAll(await other.refs.read())).get(A1)?.record).toEqual(emptyRecord('A1'));
  });
});

describe('the pause', () => {
  it('is nobody’s without a record, and comes back as written', async () => {
    const store = await openStore('local');
    expect(await readPause(store.system, store.repository, null)).toEqual({ all: false, roles: [] });
    const token = await writePause(store, { all: true, roles: ['pm', 'tester'] }, null);
    await store.refs.swap([{ ref: PAUSE_REF, from: null, to: token }]);
    const { pause } = await store.refs.read();
    expect(await readPause(store.system, store.repository, pause)).toEqual({
      all: true,
      roles: ['pm', 'tester'],
    });
  });

  it('pauses everything when it cannot be read', async () => {
    const store = await openStore('local');
    const token = await store.record('A1');
    const pause = await readPause(store.system, store.repository, token);
    expect(pause).toEqual({ all: true, roles: [], problem: expect.stringContaining('no pause.yaml') });
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

function hash({ repo }: TestStore, text: string): string {
  repo.write('tmp.yaml', text);
  return repo.git('hash-object', '-w', 'tmp.yaml');
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
  publish: maybe,
  of: maybe,
  log: fc.array(text, { maxLength: 3 }),
});
