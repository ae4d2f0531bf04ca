import { describe, expect, it } from 'vitest';
import { metLines, readMetConflicts } from '../../../src/plan/met-conflict.ts';
import { explainPick } from '../../../src/plan/pick.ts';
import { touchesAdvice } from '../../../src/plan/touches-advice.ts';
import type { ConflictMaterial } from '../../../src/role/conflict-material.ts';
import { taskKey } from '../../../src/task/id.ts';
import type { Task } from '../../../src/task/task.ts';
import { touchesProblem } from '../../../src/task/touches.ts';
import { makeFacts, makeRecord, makeTask } from './make.ts';

const commit = (task: string | null, ...files: string[]) => ({
  ...{
    commit: 'c'.repeat(40),
    at: '2026-11-20T11:00:00.000Z',
    author: 'Pat',
    subject: 'feat: x',
    task,
    files,
  },
});
const material = (files: string[], log: ConflictMaterial['log']): ConflictMaterial => ({
  ...{ said: [], log, logCut: false, main: 'm'.repeat(40) },
  files: files.map((file) => ({ file, base: null, branch: null, main: null, changes: null })),
});

describe('the lines of a note', () => {
  it('name each landing once, with the files that met', () => {
    const lines = metLines(
      material(
        ['src/a.ts', 'b "c"\n.ts'],
        [
          commit('A31', 'src/a.ts'),
          commit(null, 'b "c"\n.ts'),
          commit('A31', 'src/a.ts', 'other.ts', 'b "c"\n.ts'),
        ],
      ),
    );
    expect(lines).toBe(
      'met landing of A31 in ["src/a.ts","b \\"c\\" .ts"]\nmet other commits in ["b \\"c\\" .ts"]',
    );
    expect(readMetConflicts(`why\n${lines}\nmore`)).toEqual([
      { task: 'A31', files: ['src/a.ts', 'b "c" .ts'] },
      { task: null, files: ['b "c" .ts'] },
    ]);
  });

  it('are bounded, and missing when nothing is known', () => {
    expect(metLines(material(['a'], []))).toBeNull();
    const files = Array.from({ length: 500 }, (_, n) => `src/${'x'.repeat(n)}.ts`);
    const log = Array.from({ length: 30 }, (_, n) => commit(`A${n}`, ...files));
    const lines = metLines(material(files, log))!;
    expect(lines.split('\n')).toHaveLength(6);
    expect(readMetConflicts(lines).every((met) => met.files.length === 8)).toBe(true);
    expect(
      Buffer.byteLength(metLines(material(['y'.repeat(161)], [commit('A1', 'y'.repeat(161))])) ?? ''),
    ).toBe(0);
  });

  it.each([
    'met landing of A31 in ["a"',
    'met landing of ../x in ["a"]',
    'met landing of A31 in [1]',
    'met landing of A31 in []',
    'met landing of A31 in [{"a":1}]',
    ' met landing of A31 in ["a"]',
    'met landing of A31',
    'MET landing of A31 in ["a"]',
  ])('that are not quite so say nothing: %s', (line) => {
    expect(readMetConflicts(line)).toEqual([]);
  });
});

describe('touchesAdvice', () => {
  const A1 = makeTask('A1');
  const find =
    (...tasks: Task[]) =>
    (key: string) =>
      tasks.find((task) => task.key === key) ?? null;
  const noted = (...texts: string[]) =>
    makeRecord({
      notes: texts.map((text) => ({ run: 'R1', at: '2026-11-20T11:00:00Z', outcome: 'conflict', text })),
    });
  const A31 = makeTask('A31', { status: 'done' });
  const met = noted('main and the branch both changed src/a.ts\nmet landing of A31 in ["src/a.ts"]');

  it('names the task, the files and the globs', () => {
    expect(touchesAdvice(A1, met, find(A1, A31))).toBe(
      'its last conflict was with A31 in src/a.ts; `touches: [src/a.ts]` in both would have kept them apart',
    );
  });

  it('is silent without a conflict, for closed tasks, for its own landing, and once both say it', () => {
    const all = find(A1, A31);
    expect(touchesAdvice(A1, null, all)).toBeNull();
    expect(touchesAdvice(A1, noted('red: npm test'), all)).toBeNull();
    expect(touchesAdvice({ ...A1, status: 'done' }, met, all)).toBeNull();
    expect(touchesAdvice({ ...A1, status: 'dropped' }, met, all)).toBeNull();
    expect(touchesAdvice(A1, noted('met landing of A1 in ["src/a.ts"]'), all)).toBeNull();
    expect(touchesAdvice(A1, met, find(A1))).toBeNull();
    const mine = { ...A1, touches: ['src'] };
    expect(touchesAdvice(mine, met, find(mine, A31))).not.toBeNull();
    expect(touchesAdvice(mine, met, find(mine, { ...A31, touches: ['docs/**'] }))).not.toBeNull();
    expect(touchesAdvice(mine, met, find(mine, { ...A31, touches: ['src/a.ts'] }))).toBeNull();
  });

  it('takes the newest note that met one, and says what touches cannot do', () => {
    const later = noted('met landing of A30 in ["old.ts"]', 'met other commits in ["src/a.ts"]', 'red');
    expect(touchesAdvice(A1, later, find(A1, A31))).toBe(
      'its last conflict, in src/a.ts, was with commits of no task: `touches` keeps only tasks apart',
    );
  });

  it('names several tasks, folders of many files, and signs of globs as any character', () => {
    const A32 = makeTask('A32');
    const files = Array.from({ length: 6 }, (_, n) => `src/reg/part${n % 2}/f${n}.ts`);
    const many = noted(
      `met landing of A31 in ${JSON.stringify(files)}\nmet landing of A32 in ["app/[id]/x y.ts"]`,
    );
    const advice = touchesAdvice(A1, many, find(A1, A31, A32))!;
    expect(advice).toContain('with A31 and A32 in ');
    expect(advice).toContain(
      'and 3 more; `touches: [src/reg/part0/**, src/reg/part1/**, "app/?id?/**"]` in all of them',
    );
    const root = noted(`met landing of A31 in ${JSON.stringify(['a', 'b', 'c', 'd', 'e', '../x', '/y'])}`);
    const globs = /touches: \[(.*?)\]/.exec(touchesAdvice(A1, root, find(A1, A31))!)![1]!.split(', ');
    expect(globs).toHaveLength(4);
    expect(globs.filter((glob) => touchesProblem(glob) !== null)).toEqual([]);
  });

  it('stands beside the reason, for eligible tasks and others', () => {
    const records = new Map([[taskKey('A1'), { record: met, token: 't' }]]);
    for (const status of ['ready', 'draft'] as const) {
      const facts = makeFacts([makeTask('A1', { status }), A31], { records } as never);
      const one = explainPick(facts).find(({ key }) => key === 'A1')!;
      expect(one).toMatchObject({
        eligible: status === 'ready',
        advice: expect.stringContaining('with A31'),
      });
      expect(one.reason).not.toContain('A31');
    }
  });
});
