import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeGateHold } from '../../../src/run/gate/gate-hold.ts';
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
  await folder.note({ limits: { time: 1, stall: 1 } });
  expect(await readRunFacts(system, repository, 'RUN1')).toMatchObject({ limits: { time: 1, stall: 1 } });
  const text = readFileSync(folder.file('run.json'), 'utf8');
  for (const limits of ['null', '60', '{"time": "1h", "stall": 1}']) {
    writeFileSync(folder.file('run.json'), text.replace(/"limits": \{[^}]*\}/, `"limits": ${limits}`));
    expect(await readRunFacts(system, repository, 'RUN1'), limits).toBeNull();
  }
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

test('old gate folders, what dead gates put aside and unused snapshots go; what a live gate has stays', async () => {
  const { project } = await openTestProject();
  const { system, repository } = project;
  const { files } = system;
  const [gate, setup] = ['gate', 'setup'].map((name) => join(repository.cacheDir, name)) as [string, string];
  for (const path of ['gate/1/src', 'gate/2', 'gate/3', 'gate/old/3/left', 'gate/4', 'gate/old/4/left'])
    await files.makeFolder(join(repository.cacheDir, path));
  await files.write(join(gate, '1/src/a.txt'), 'a');
  for (const key of ['fresh', 'unused']) {
    await files.makeFolder(join(setup, key, 'files'));
    await files.write(join(setup, key, 'used'), '');
  }
  await files.makeFolder(join(setup, '.new-half'));
  const age = (path: string, days: number) => {
    const time = (Date.now() - days * DAY) / 1000;
    utimesSync(path, time, time);
  };
  for (const n of ['1', '2', '4']) age(join(gate, n), 8);
  age(join(setup, 'unused/used'), 31);
  age(join(setup, '.new-half'), 2);
  for (const name of ['dead', 'live']) await files.makeFolder(join(repository.cacheDir, 'reports', name));
  age(join(repository.cacheDir, 'reports/dead'), 8);
  const mine = await takeGateHold(system, gate, '4');
  expect(mine).not.toBeNull();
  expect((await prune(project)).kept).toEqual([]);
  expect(readdirSync(join(repository.cacheDir, 'reports'))).toEqual(['live']);
  expect(readdirSync(gate).toSorted()).toEqual(['3', '4', 'holders', 'old']);
  expect(readdirSync(join(gate, 'old')).toSorted()).toEqual(['4']);
  expect(readdirSync(setup)).toEqual(['fresh']);
  expect(readdirSync(join(gate, 'holders/1'))).toEqual([]);
});

test('what a dead process left half written goes, a neutral directory in the temporary folder too', async () => {
  const { project, repo } = await openTestProject();
  const gone = 2 ** 22 - 5;
  const folder = repo.sandbox.env['TMPDIR']!;
  const rota = project.repository.rotaDir;
  await project.system.files.makeFolder(rota);
  const old = (path: string) => {
    const time = (Date.now() - DAY) / 1000;
    utimesSync(path, time, time);
  };
  for (const name of [
    `.pruned.${gone}.new`,
    `.mine.${process.pid}.new`,
    `seen.json.${gone}-X`,
    'seen.json',
  ]) {
    writeFileSync(join(rota, name), '{}');
    old(join(rota, name));
  }
  for (const name of [`rota-neutral-${gone}-abc`, `rota-neutral-${process.pid}-abc`, `mine-${gone}-abc`]) {
    await project.system.files.makeFolder(join(folder, name));
    old(join(folder, name));
  }
  await prune(project);
  const left = readdirSync(rota).filter((name) => /new$|^seen/.test(name));
  expect(left.toSorted()).toEqual([`.mine.${process.pid}.new`, 'seen.json'].toSorted());
  const kept = readdirSync(folder).filter((name) => name.endsWith('abc'));
  expect(kept.toSorted()).toEqual([`mine-${gone}-abc`, `rota-neutral-${process.pid}-abc`].toSorted());
});
