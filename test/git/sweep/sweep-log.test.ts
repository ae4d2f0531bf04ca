import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSweepLog, readSweepLog, type SweepLine } from '../../../src/run/sweep/sweep-log.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

const NOTHING = { task: null, run: null, branch: null, worktree: null, rescue: null };

function line(more: Partial<SweepLine>): Omit<SweepLine, 'at' | 'by'> {
  return { ...NOTHING, action: 'freed', reason: 'it died', ...more };
}

async function lines(project: Parameters<typeof readSweepLog>[0]): Promise<string[]> {
  return (await readSweepLog(project)).lines.map(({ action, task, reason }) => `${action} ${task} ${reason}`);
}

test('lines are kept in order; what is kept or healed in the same words is noted once a day', async () => {
  const { project } = await openTestProject();
  const first = openSweepLog(project);
  first.note(line({ task: 'A1' }));
  first.note(line({ action: 'kept', task: 'A1', reason: 'too large' }));
  first.note(line({ action: 'kept', task: 'A1', reason: 'too large' }));
  await first.noted();
  const second = openSweepLog(project);
  second.note(line({ action: 'kept', task: 'A1', reason: 'too large' }));
  second.note(line({ action: 'kept', task: 'A2', reason: 'too large' }));
  second.note(line({ task: 'A1' }));
  await second.noted();
  expect(await lines(project)).toEqual([
    'freed A1 it died',
    'kept A1 too large',
    'kept A2 too large',
    'freed A1 it died',
  ]);
  const { now } = project.system.clock;
  const clock = { ...project.system.clock, now: () => new Date(now().getTime() + 25 * 3_600_000) };
  const tomorrow = openSweepLog({ ...project, system: { ...project.system, clock } });
  tomorrow.note(line({ action: 'kept', task: 'A1', reason: 'too large' }));
  await tomorrow.noted();
  expect((await lines(project)).at(-1)).toBe('kept A1 too large');
  expect(await lines(project)).toHaveLength(5);
});

test('the file does not grow without end, and the newest lines are always there', async () => {
  const { project } = await openTestProject();
  const log = openSweepLog(project, 2000);
  for (let n = 0; n < 100; n++) log.note(line({ task: `A${n}` }));
  await log.noted();
  const size = (name: string) => statSync(join(project.repository.rotaDir, name)).size;
  expect(size('sweeps.jsonl')).toBeLessThan(2400);
  expect(size('sweeps.1.jsonl')).toBeLessThan(2400);
  const all = await lines(project);
  expect(all.length).toBeGreaterThan(10);
  expect(all).toEqual(
    Array.from({ length: all.length }, (_, at) => `freed A${100 - all.length + at} it died`),
  );
});

test('damaged lines are counted and hide no other; a log that cannot be written stops nobody', async () => {
  const { project } = await openTestProject();
  const log = openSweepLog(project);
  log.note(line({ task: 'A1' }));
  await log.noted();
  const path = join(project.repository.rotaDir, 'sweeps.jsonl');
  const torn = '{"at":"2026-\n[]\nnull\n{"at":"x","by":"y","action":"z","reason":""}\n';
  writeFileSync(path, `${torn}${readFileSync(path, 'utf8')}`);
  expect(await readSweepLog(project)).toMatchObject({ damaged: 4, lines: [{ task: 'A1' }] });
  const files = { ...project.system.files, append: () => Promise.reject(new Error('the disk is full')) };
  const full = openSweepLog({ ...project, system: { ...project.system, files } });
  full.note(line({ task: 'A2' }));
  await full.noted();
  expect(await lines(project)).toEqual(['freed A1 it died']);
});
