import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openProject } from '../../../src/run/project/open-project.ts';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import type { SweepReport } from '../../../src/run/sweep/sweep-report.ts';
import type { System } from '../../../src/system/ports.ts';
import { sandbox } from '../../support/repo.ts';
import { type DeadScene, makeDeadScene } from './dead-scene.ts';

const LOCKS = 6;

/** Six dead workers: A1 left uncommitted work, A2 nothing, A3 an ignored file, A4 landed work; the others have no worktree. */
function dead(): Promise<DeadScene> {
  return makeDeadScene(sandbox().folder, { locks: LOCKS, worktrees: 4, remote: false });
}

async function sweepOf({ root, ...scene }: DeadScene, system: System = scene.system): Promise<SweepReport> {
  const project = await openProject(system, root, () => undefined, 'write');
  try {
    return await sweep(project, { dryRun: false, discard: null });
  } finally {
    await project.close();
  }
}

function freed(report: SweepReport): string[] {
  return report.freed
    .filter(({ reason }) => reason.includes('died'))
    .map(({ task }) => task ?? '')
    .toSorted();
}

const ids = (...numbers: number[]) => numbers.map((n) => `A${n}`);

test('a ref that git cannot lock keeps one task locked, not the others', async () => {
  const scene = await dead();
  const lock = join(scene.root, '.git/refs/rota/tasks/A5.lock');
  writeFileSync(lock, '');
  const report = await sweepOf(scene);
  expect(freed(report)).toEqual(ids(1, 2, 3, 4, 6));
  expect(report.kept).toContainEqual(
    expect.objectContaining({ task: 'A5', reason: expect.stringContaining(lock) }),
  );
  expect(report.removed.map(({ task }) => task)).toEqual(['A2', 'A3', 'A4']);
  rmSync(lock);
  expect(freed(await sweepOf(scene))).toEqual(['A5']);
});

test('a worktree whose index and HEAD are folders: its task is free, its work stays, the others are swept', async () => {
  const scene = await dead();
  for (const name of ['index', 'HEAD']) {
    const path = join(scene.root, '.git/worktrees/A1-task', name);
    rmSync(path);
    mkdirSync(path);
  }
  const report = await sweepOf(scene);
  expect(freed(report)).toEqual(ids(1, 2, 3, 4, 5, 6));
  expect(report.kept).toContainEqual(
    expect.objectContaining({ reason: expect.stringMatching(/entry .*A1-task cannot be read: EISDIR/) }),
  );
  expect(report.removed.map(({ task }) => task)).toEqual(['A2', 'A3', 'A4']);
  expect(readdirSync(join(scene.root, '.worktrees/ai/developer/A1-task/src'))).toContain('new.txt');
});

test('a worktree whose .git file is a folder loses nothing and stops nothing', async () => {
  const scene = await dead();
  const dotGit = join(scene.root, '.worktrees/ai/developer/A1-task/.git');
  rmSync(dotGit);
  mkdirSync(join(dotGit, 'objects'), { recursive: true });
  const report = await sweepOf(scene);
  expect(freed(report)).toEqual(ids(1, 2, 3, 4, 5, 6));
  expect(scene.git('show', 'ai/developer/A1-task:src/new.txt')).toBe('new in A1');
  expect(report.removed.map(({ task }) => task)).toEqual(['A2', 'A3', 'A4']);
});

test('work with an object that is missing: the task is free and says so, the worktree stays', async () => {
  const scene = await dead();
  const tip = scene.git('rev-parse', 'ai/developer/A1-task');
  const missing = '1234567890123456789012345678901234567890';
  const made = scene.git('commit-tree', `${tip}^{tree}`, '-p', tip, '-m', 'feat: more');
  scene.git('update-ref', 'refs/heads/ai/developer/A1-task', made);
  rmSync(join(scene.root, '.git/objects', made.slice(0, 2), made.slice(2)));
  writeFileSync(join(scene.root, '.git/refs/heads/ai/developer/A2-task'), `${missing}\n`);
  const report = await sweepOf(scene);
  expect(freed(report)).toEqual(ids(1, 2, 3, 4, 5, 6));
  for (const task of ids(1, 2))
    expect(report.kept).toContainEqual(
      expect.objectContaining({ task, worktree: expect.stringContaining(`${task}-task`) }),
    );
  expect(report.removed.map(({ task }) => task)).toEqual(['A3', 'A4']);
  expect(readdirSync(join(scene.root, '.worktrees/ai/developer/A1-task/src'))).toContain('new.txt');
});

test('a record that cannot be read stays and is nobody else’s trouble', async () => {
  const scene = await dead();
  scene.git('update-ref', 'refs/rota/tasks/A2', scene.git('rev-parse', 'main'));
  const report = await sweepOf(scene);
  expect(freed(report)).toEqual(ids(1, 3, 4, 5, 6));
  expect(report.kept).toContainEqual(
    expect.objectContaining({ task: 'A2', reason: expect.stringContaining('cannot be shown to be dead') }),
  );
});

test('a gated commit that is gone keeps no other lock', async () => {
  const scene = await dead();
  const text = scene.git('show', 'refs/rota/tasks/A5:record.yaml');
  const waiting = `waiting: {commit: ${'12'.repeat(20)}, base: ${'12'.repeat(20)}, reason: x, since: 2026-11-20T11:03:23Z}`;
  const changed = text.replace('state: null', 'state: waiting').replace('waiting: null', waiting);
  scene.git('switch', '-q', '--orphan', 'made');
  scene.write('record.yaml', `${changed}\n`);
  scene.git('add', 'record.yaml');
  scene.git('commit', '-qm', 'record');
  scene.git('update-ref', 'refs/rota/tasks/A5', 'made');
  scene.git('switch', '-q', 'main');
  const report = await sweepOf(scene);
  expect(freed(report)).toEqual(ids(1, 2, 3, 4, 6));
  expect(report.kept).toContainEqual(
    expect.objectContaining({ task: 'A5', reason: expect.stringContaining('could not be freed') }),
  );
});

test('files in which a person works keep their own blocks only', async () => {
  const scene = await dead();
  for (const n of [2, 5]) scene.write(`backlog/A${n}-task.md`, 'a person types here\n');
  const report = await sweepOf(scene);
  expect(freed(report)).toEqual(ids(1, 2, 3, 4, 5, 6));
  const left = report.kept.filter(({ reason }) => reason.includes('left over')).map(({ task }) => task);
  expect(left.toSorted()).toEqual(['A2', 'A5']);
  expect(scene.git('grep', '-l', '^lock:', 'main', '--', 'backlog').split('\n')).toHaveLength(2);
  expect(scene.git('show', 'main:backlog/A1-task.md')).not.toContain('lock:');
});

test('rota’s own folders that are none are named, and the rest is pruned', async () => {
  const scene = await dead();
  await sweepOf(scene);
  const rota = join(scene.root, '.git/rota');
  const old = new Date(Date.now() - 2 * 24 * 60 * 60_000);
  utimesSync(join(rota, 'pruned'), old, old);
  rmSync(join(rota, 'transactions'), { recursive: true, force: true });
  mkdirSync(join(rota, 'transactions/1-x.json'), { recursive: true });
  scene.git('update-ref', 'refs/rota/rescue/A1/20200101T000000Z', 'main');
  const report = await sweepOf(scene);
  expect(report.kept.map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining('could not be healed: EISDIR'),
  );
  expect(scene.git('for-each-ref', 'refs/rota/rescue/A1/20200101T000000Z')).toBe('');
});

test('the trash may vanish at any moment: another removal takes it away when it is empty', async () => {
  const scene = await dead();
  const { files } = scene.system;
  let times = 0;
  const rename = async (from: string, to: string) => {
    const trash = dirname(to);
    if (!trash.endsWith('/.trash') || times++ >= 3) return files.rename(from, to);
    // Another of the three may be just making it again: what counts is that this one finds none.
    await files.removeFolder(trash).catch(() => undefined);
    throw Object.assign(new Error(`ENOENT: ${to}`), { code: 'ENOENT' });
  };
  const report = await sweepOf(scene, { ...scene.system, files: { ...files, rename } });
  expect(times).toBeGreaterThanOrEqual(6);
  expect(report.removed.map(({ task }) => task)).toEqual(['A2', 'A3', 'A4']);
});
