import { describe, expect, test } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { TaskRecord } from '../../../src/plan/record.ts';
import { adoptLock } from '../../../src/run/claim/held-lock.ts';
import { lockOf } from '../../../src/run/claim/lock-of.ts';
import { readEdited } from '../../../src/run/claim/pick-facts.ts';
import { stepBack } from '../../../src/run/claim/step-back.ts';
import type { Claim } from '../../../src/run/claim/take-lock.ts';
import { readSnapshot } from '../../../src/run/project/snapshot.ts';
import type { MoveMain } from '../../../src/store/move-main.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { contentHash } from '../../../src/task/content-hash.ts';
import { taskKey } from '../../../src/task/id.ts';
import { type FinishedWork, finishedWork } from './finished-work.ts';

const [A1, A2] = [taskKey('A1'), taskKey('A2')];
const FILE = 'backlog/A2-another.md';
const BEFORE = '---\nid: A2\ntitle: Another\n---\n';
const AFTER = '---\nid: A2\ntitle: Another\npriority: high\n---\n';
const TRIED = { attempts: 2, of: contentHash(BEFORE) } as const;

/** A role that may set priorities has done so on its branch. */
async function rewriting() {
  const at = await finishedWork({ [FILE]: AFTER });
  const { roles } = await readSnapshot(at.project, true);
  const role = { ...roles[0]!, name: 'pm', mayEdit: ['**'], maySet: ['priority'] };
  return { ...at, role, land: () => at.land(undefined, { role }) };
}

async function hold({ project }: FinishedWork, more: Partial<TaskRecord>): Promise<string> {
  const { tasks } = await project.refs.read();
  const from = tasks.get(A2) ?? null;
  const to = await project.records.write({ ...emptyRecord('A2'), ...more }, { previous: from });
  expect((await project.refs.swap([{ ref: taskRef(A2), from, to }])).kind).toBe('swapped');
  return to;
}

async function recordNow({ project }: FinishedWork): Promise<TaskRecord | null> {
  const token = (await project.refs.read()).tasks.get(A2);
  return token === undefined ? null : (await project.records.readOne(token)).record;
}

async function edited({ project }: FinishedWork): Promise<boolean> {
  return (await readEdited(project, await readSnapshot(project, true))).has(A2);
}

describe("a landing that changes another task's keys", () => {
  test("is no person's edit: attempts, backoff and state of that task stay", async () => {
    const at = await rewriting();
    const known = { ...TRIED, state: 'blocked', reason: 'why?', notBefore: '2030-01-01T00:00:00Z' } as const;
    await hold(at, known);
    expect(await edited(at)).toBe(false);
    expect(await at.land()).toMatchObject({ kind: 'landed' });
    expect(at.repo.git('show', `main:${FILE}`)).toBe(AFTER.trimEnd());
    expect(await recordNow(at)).toEqual({ ...emptyRecord('A2'), ...known, of: contentHash(AFTER) });
    expect(await edited(at)).toBe(false);
  });

  test('makes no record where there is none', async () => {
    const at = await rewriting();
    expect(await at.land()).toMatchObject({ kind: 'landed' });
    expect(at.repo.git('for-each-ref', 'refs/rota/')).toBe('');
  });

  test("does not hide a person's edit that no run has seen", async () => {
    const at = await rewriting();
    const token = await hold(at, { attempts: 3, of: contentHash('what it said before that edit') });
    expect(await at.land()).toMatchObject({ kind: 'landed' });
    expect((await at.project.refs.read()).tasks.get(A2)).toBe(token);
    expect(await edited(at)).toBe(true);
  });

  test('leaves the lock of a run that works on it, and that run goes on', async () => {
    const at = await rewriting();
    const lock = lockOf(at.project, { run: 'RUN2', role: at.role }, 'ai/developer/A2-another');
    const token = await hold(at, { ...TRIED, lock });
    const theirs = { key: A2, run: 'RUN2', record: { ...emptyRecord('A2'), ...TRIED, lock }, token };
    expect(await at.land()).toMatchObject({ kind: 'landed' });
    expect(await recordNow(at)).toMatchObject({ lock: { run: 'RUN2' }, attempts: 2, of: contentHash(AFTER) });
    expect(await adoptLock(at.project, theirs)).toBe(true);
    expect(theirs.token).not.toBe(token);
    expect(theirs.record.of).toBe(contentHash(AFTER));
  });

  test('is no edit either for a claim that is given back meanwhile', async () => {
    const at = await rewriting();
    const previous = { ...emptyRecord('A2'), ...TRIED };
    const lock = lockOf(at.project, { run: 'RUN2', role: at.role }, 'ai/developer/A2-another');
    const record = { ...previous, lock };
    const token = await hold(at, record);
    const task = (await readSnapshot(at.project, true)).backlog.byKey.get(A2)!;
    expect(await at.land()).toMatchObject({ kind: 'landed' });
    const claim = { task, previous, record, token } as Claim;
    await stepBack(at.project, { run: 'RUN2', role: at.role }, claim);
    expect(await recordNow(at)).toEqual({ ...previous, of: contentHash(AFTER) });
    expect(await edited(at)).toBe(false);
  });

  test('whose record changes just before the swap lands on the newest record', async () => {
    const at = await rewriting();
    await hold(at, TRIED);
    const { moveMain } = at.project;
    let moves = 0;
    const late: MoveMain = async (move) => {
      if (moves++ === 0) await hold(at, { ...TRIED, notes: [], reason: 'newer', attempts: 1 });
      return moveMain(move);
    };
    Object.assign(at.project, { moveMain: late });
    expect(await at.land()).toMatchObject({ kind: 'landed' });
    expect(moves).toBe(2);
    expect(await recordNow(at)).toMatchObject({ attempts: 1, reason: 'newer', of: contentHash(AFTER) });
    expect(at.record()).toBe(null);
    expect((await at.project.refs.read()).tasks.has(A1)).toBe(false);
  });
});
