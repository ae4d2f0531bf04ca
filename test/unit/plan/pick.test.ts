import { describe, expect, it } from 'vitest';
import { explainPick, pickTask } from '../../../src/plan/pick.ts';
import type { PickFacts } from '../../../src/plan/pick-facts.ts';
import type { TaskRecord } from '../../../src/plan/record.ts';
import { taskKey } from '../../../src/task/id.ts';
import type { Task } from '../../../src/task/task.ts';
import { heldBy, makeBlock, makeFacts, makeLock, makeRecord, makeRole, makeTask } from './make.ts';

const A1 = taskKey('A1');

function reasonOf(task: Partial<Task>, over: Partial<PickFacts> = {}, others: Task[] = []): string | null {
  const facts = makeFacts([makeTask('A1', task), ...others], over);
  const entry = explainPick(facts).find(({ key }) => key === A1)!;
  expect(pickTask(facts, A1).task?.id ?? null).toBe(entry.eligible ? 'A1' : null);
  return entry.eligible ? null : entry.reason;
}

function withRecord(record: Partial<TaskRecord> | null, over: Partial<PickFacts> = {}): Partial<PickFacts> {
  return { records: new Map([[A1, heldBy(record === null ? null : makeRecord(record))]]), ...over };
}

describe('what may not be picked, and why', () => {
  const two = [makeRole('developer'), makeRole('builder')];
  const cases: [string, Partial<Task>, Partial<PickFacts>, Task[], string | null][] = [
    ['a ready task', {}, {}, [], null],
    ['an epic', { type: 'epic' }, {}, [], 'an epic: its tasks are picked, never itself'],
    ['a draft', { status: 'draft' }, {}, [], 'status is draft, not ready'],
    ['done', { status: 'done' }, {}, [], 'status is done, not ready'],
    ['blocked on main', { status: 'blocked' }, {}, [], 'status is blocked, not ready'],
    ['another role by type', { type: 'test' }, {}, [], 'type test is for role tester'],
    ['another role by name', { role: 'tester' }, {}, [], 'for role tester'],
    ['an unknown role', { role: 'ghost' }, {}, [], 'names role ghost, which does not exist'],
    ['this role by name, of a type it does not take', { role: 'developer', type: 'test' }, {}, [], null],
    ['a type nobody takes', { type: 'debt' }, {}, [], 'no role takes type debt'],
    [
      'a type that two take',
      {},
      { roles: two },
      [],
      'developer and builder all take type feature: the task must say which, `role:`',
    ],
    ['a type that two take, with a role', { role: 'developer' }, { roles: two }, [], null],
    ['not yet', { notBefore: '2026-12-01' }, {}, [], 'not before 2026-12-01'],
    [
      'later the same day, UTC',
      { notBefore: '2026-11-20T12:00:01' },
      {},
      [],
      'not before 2026-11-20T12:00:01',
    ],
    ['just now', { notBefore: '2026-11-20T12:00:00' }, {}, [], null],
    ['a date that is none', { notBefore: 'soon' }, {}, [], 'not-before "soon" is not a date'],
    ['an unknown dependency', { depends: ['A9'] }, {}, [], 'waits for A9 (unknown)'],
    ['a dependency that is no id', { depends: ['../x'] }, {}, [], 'waits for ../x (unknown)'],
    [
      'dependencies not done',
      { depends: ['A030', 'A31', 'A32'] },
      {},
      [makeTask('A30'), makeTask('A31', { status: 'draft' }), makeTask('A32', { status: 'done' })],
      'waits for A30 (ready), A31 (draft)',
    ],
    [
      'a dropped dependency',
      { depends: ['A2'] },
      {},
      [makeTask('A2', { status: 'dropped' })],
      'waits for A2 (dropped)',
    ],
    ['dependencies done', { depends: ['A2'] }, {}, [makeTask('A02', { status: 'done' })], null],
    [
      'a malformed dependency',
      { depends: ['A2'] },
      { unusable: new Map([[taskKey('A2'), 'malformed']]) },
      [],
      'waits for A2 (cannot be read)',
    ],
    ['malformed', {}, { unusable: new Map([[A1, 'bad line 3']]) }, [], 'bad line 3'],
    [
      'a duplicate id',
      {},
      {},
      [makeTask('A01', { file: 'backlog/A01.md' })],
      'backlog/A1-task.md and backlog/A01.md have the same id A1',
    ],
    ["a person's block", { lock: makeBlock({ by: 'mike' }) }, {}, [], 'locked by mike, in the file'],
    ['a leftover block', { lock: makeBlock({ run: 'R0', by: 'pat@host' }) }, {}, [], null],
    ['a live lock', {}, withRecord({ lock: makeLock() }), [], 'locked by developer (pat@host, run R1)'],
    [
      'a lock of which nothing is known',
      {},
      withRecord({ lock: makeLock() }, { liveness: () => 'unknown' }),
      [],
      'locked by developer (pat@host, run R1)',
    ],
    [
      'a dead lock',
      {},
      withRecord({ lock: makeLock() }, { liveness: () => 'dead' }),
      [],
      'developer (pat@host, run R1) died with the lock: the next run or `rota sweep` frees it',
    ],
    ['a newer record', {}, withRecord(null), [], 'held by a newer version of rota'],
    ['an empty record', {}, withRecord({}), [], null],
    ['returned', {}, withRecord({ state: 'returned' }), [], null],
    ['waiting, base moved', {}, withRecord({ state: 'waiting' }), [], null],
    [
      'waiting, for the sweep',
      {},
      withRecord({ state: 'waiting' }, { landsBySweep: () => true }),
      [],
      'gated, waiting to land: the next run or `rota sweep` lands it',
    ],
    [
      'held',
      {},
      withRecord({ state: 'held', reason: 'deleted test' }, { edited: () => true }),
      [],
      "held for a person's word (`rota land A1`): deleted test",
    ],
    [
      'proposed',
      {},
      withRecord({ state: 'proposed' }, { edited: () => true }),
      [],
      'its pull request is open',
    ],
    ['reserved', {}, withRecord({ state: 'reserved' }), [], 'its id is being created by a run'],
    [
      'blocked',
      {},
      withRecord({ state: 'blocked', reason: 'which key?' }),
      [],
      'blocked: which key?; edit the task to try again',
    ],
    ['blocked and edited', {}, withRecord({ state: 'blocked' }, { edited: () => true }), [], null],
    [
      'no attempts left',
      {},
      withRecord({ attempts: 3 }),
      [],
      '3 of 3 attempts used; edit the task to try again',
    ],
    ['no attempts left, edited', {}, withRecord({ attempts: 3 }, { edited: () => true }), [], null],
    ['one attempt left', {}, withRecord({ attempts: 2 }), [], null],
    [
      'backing off',
      {},
      withRecord({ notBefore: '2026-11-20T12:00:01.000Z' }),
      [],
      'the last run failed; not before 2026-11-20T12:00:01.000Z, or edit the task to try again',
    ],
    [
      'backing off, edited',
      {},
      withRecord({ notBefore: '2026-11-20T12:00:01.000Z' }, { edited: () => true }),
      [],
      null,
    ],
    ['backed off', {}, withRecord({ notBefore: '2026-11-20T12:00:00.000Z' }), [], null],
    ['all paused', {}, { paused: { all: true, roles: [] } }, [], 'everything is paused (`rota resume`)'],
    [
      'role paused',
      {},
      { paused: { all: false, roles: ['developer'] } },
      [],
      'role developer is paused (`rota resume developer`)',
    ],
    [
      'role paused itself',
      {},
      { rest: { pause: 'it paused itself', budget: null, spent: new Map() } },
      [],
      'it paused itself',
    ],
    [
      'budgets spent',
      {},
      { rest: { pause: null, budget: 'of the day', spent: new Map([[taskKey('A1'), 'of the task']]) } },
      [],
      'of the day; of the task',
    ],
    [
      "another task's budget spent",
      {},
      { rest: { pause: null, budget: null, spent: new Map([[taskKey('A2'), 'of the task']]) } },
      [],
      null,
    ],
    ['another role paused', {}, { paused: { all: false, roles: ['tester'] } }, [], null],
  ];
  it.each(cases)('%s', (_name, task, over, others, expected) => {
    expect(reasonOf(task, over, others)).toBe(expected);
  });

  it('names everything that is in the way', () => {
    expect(reasonOf({ depends: ['A9'], lock: makeBlock({ by: 'mike' }) })).toBe(
      'waits for A9 (unknown); locked by mike, in the file',
    );
  });

  it('lists a malformed file that has no task', () => {
    const facts = makeFacts([], { unusable: new Map([[A1, 'bad']]) });
    expect(explainPick(facts)).toEqual([
      { id: 'A1', key: 'A1', eligible: false, reason: 'bad', advice: null },
    ]);
  });
});

describe('overlapping touches', () => {
  const other = (over: Partial<Task> = {}) => makeTask('A31', { touches: ['src/a/**'], ...over });
  const A31 = taskKey('A31');
  const locked = { records: new Map([[A31, heldBy(makeRecord({ lock: makeLock() }))]]) };
  const cases: [string, string[], Partial<PickFacts>, Task, string | null][] = [
    ['no lock there', ['src/a/**'], {}, other(), null],
    ['the same glob', ['src/a/**'], locked, other(), 'touches src/a/** like A31, locked by developer'],
    [
      'an overlap',
      ['docs/**', 'src/*/x.ts'],
      locked,
      other(),
      'touches src/*/x.ts, which overlaps src/a/** of A31, locked by developer',
    ],
    ['elsewhere', ['src/b/**'], locked, other(), null],
    ['a dead lock', ['src/a/**'], { ...locked, liveness: () => 'dead' }, other(), null],
    [
      'an unknown lock',
      ['src/a/**'],
      { ...locked, liveness: () => 'unknown' },
      other(),
      'touches src/a/** like A31, locked by developer',
    ],
    [
      'waiting without a lock',
      ['src/a/**'],
      { records: new Map([[A31, heldBy(makeRecord({ state: 'waiting' }))]]) },
      other(),
      null,
    ],
    [
      'a newer record',
      ['src/a/**'],
      { records: new Map([[A31, heldBy(null)]]) },
      other(),
      'touches src/a/** like A31, locked by a newer version of rota',
    ],
    [
      "a person's lock",
      ['src/a/**'],
      {},
      other({ lock: makeBlock({ by: 'mike' }) }),
      'touches src/a/** like A31, locked by mike',
    ],
    [
      "a person's lock, done",
      ['src/a/**'],
      {},
      other({ lock: makeBlock({ by: 'mike' }), status: 'done' }),
      null,
    ],
  ];
  it.each(cases)('%s', (_name, touches, over, task, expected) => {
    expect(reasonOf({ touches }, over, [task])).toBe(expected);
  });
});

it('a task does not overlap with itself', () => {
  const facts = withRecord({ lock: makeLock() });
  expect(reasonOf({ touches: ['src/**'] }, facts)).toBe('locked by developer (pat@host, run R1)');
});
