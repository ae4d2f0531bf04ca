import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { send } from '../../../src/run/project/actor.ts';
import { openRunFolder, readRunFacts } from '../../../src/run/project/run-folder.ts';
import { prune } from '../../../src/run/sweep/prune.ts';
import { pruneRunFolders } from '../../../src/run/sweep/prune-run-folders.ts';
import { BRANCH, openTestProject } from '../worktree/open-test-project.ts';

const DAY = 24 * 60 * 60_000;

async function open(run: string, at: Awaited<ReturnType<typeof openTestProject>>) {
  const { system, repository } = at.project;
  return openRunFolder(system, repository, { run, role: 'developer', task: 'A1', branch: BRANCH });
}

test('run.json, prompts and events of a run', async () => {
  const at = await openTestProject();
  const { project, events } = at;
  const folder = await open('RUN1', at);
  await Promise.all([folder.note({ base: 'b' }), folder.note({ worktree: '/w' }), folder.note({ pgid: 7 })]);
  expect(await readRunFacts(project.system, project.repository, 'RUN1')).toMatchObject({
    base: 'b',
    worktree: '/w',
    pgid: 7,
    pid: process.pid,
  });
  expect(readFileSync(await folder.writePrompt(2, 'Do.'), 'utf8')).toBe('Do.');
  const recorded = { ...project, emit: folder.recording(project.emit) };
  for (const [run, message] of [
    ['RUN1', 'one'],
    ['OTHER', 'not mine'],
    ['RUN1', 'two'],
  ] as const)
    send(recorded, { role: 'developer', task: 'A1', run }, { type: 'notice', level: 'info', message });
  await folder.settled();
  const lines = readFileSync(folder.file('events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ type, message, run }) => [type, message, run])).toEqual([
    ['notice', 'one', 'RUN1'],
    ['notice', 'two', 'RUN1'],
  ]);
  expect(events).toHaveLength(3);
});

test('notes that are cut off, of another run or with a hostile name are none', async () => {
  const at = await openTestProject();
  const { system, repository } = at.project;
  const folder = await open('RUN1', at);
  writeFileSync(folder.file('run.json'), '{"run": "RUN1", ');
  expect(await readRunFacts(system, repository, 'RUN1')).toBeNull();
  writeFileSync(folder.file('run.json'), '{"run": "RUN2"}');
  expect(await readRunFacts(system, repository, 'RUN1')).toBeNull();
  expect(await readRunFacts(system, repository, '../RUN1')).toBeNull();
});

test('old run folders and the oldest beyond the limit go; live runs and runs with a worktree stay', async () => {
  const at = await openTestProject();
  const { project, repo } = at;
  for (const [run, days] of [
    ['old', 31],
    ['live', 40],
    ['worktree', 50],
    ['new', 1],
    ['big', 2],
    ['bigger', 3],
  ] as const) {
    const folder = await open(run, at);
    if (run !== 'live') await folder.note({ ended: '2026-01-01T00:00:00Z', outcome: 'red' });
    if (run.startsWith('big')) writeFileSync(folder.file('agent-1.log'), Buffer.alloc(60_000));
    const time = (Date.now() - days * DAY) / 1000;
    for (const name of readdirSync(folder.path)) utimesSync(folder.file(name), time, time);
  }
  await at.make('worktree');
  await pruneRunFolders(project, { milliseconds: 30 * DAY, bytes: 100_000 });
  expect(readdirSync(join(repo.root, '.git/rota/runs')).toSorted()).toEqual([
    'big',
    'live',
    'new',
    'worktree',
  ]);
});

test('old rescue refs and directories of dead processes go, new and live ones stay; once a day', async () => {
  const { project, repo, main } = await openTestProject();
  repo.git('update-ref', 'refs/rota/rescue/A1/20200101T000000Z', main());
  repo.git('update-ref', 'refs/rota/rescue/A1/20990101T000000Z', main());
  const neutral = join(project.repository.cacheDir, 'neutral');
  const { files } = project.system;
  for (const name of [`${2 ** 22 - 5}-old`, `${process.pid}-live`, `${2 ** 22 - 5}-young`]) {
    await files.makeFolder(join(neutral, name));
    const time = (Date.now() - (name.endsWith('young') ? 0 : DAY)) / 1000;
    utimesSync(join(neutral, name), time, time);
  }
  await prune(project);
  expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/rota/rescue')).toBe(
    'refs/rota/rescue/A1/20990101T000000Z',
  );
  expect(
    readdirSync(neutral)
      .filter((name) => /old|live|young/.test(name))
      .toSorted(),
  ).toEqual([`${2 ** 22 - 5}-young`, `${process.pid}-live`].toSorted());
  repo.git('update-ref', 'refs/rota/rescue/A1/20200101T000000Z', main());
  await prune(project);
  expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/rota/rescue').split('\n')).toHaveLength(2);
  expect(existsSync(join(repo.root, '.git/rota/pruned'))).toBe(true);
});
