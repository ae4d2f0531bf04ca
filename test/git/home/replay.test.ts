import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dropJournal, readJournals, takeOver } from '../../../src/store/home/journal.ts';
import { replayJournals } from '../../../src/store/home/replay.ts';
import { Death, dyingSystem, hookedSystem, nextCommit, type Scene, scene } from './scene.ts';

async function dieAfterMoving({ system, move }: Scene): Promise<void> {
  const dying = dyingSystem(
    system,
    (port, _name, args) => port === 'git' && (args[1] as string[]).includes('update-ref'),
  );
  await expect(move(dying)).rejects.toBeInstanceOf(Death);
}

test('of several sweeps at once one finishes a dead move', async () => {
  const made = await scene();
  await dieAfterMoving(made);
  const { repo, system, repository } = made;
  const said = await Promise.all([1, 2, 3, 4].map(() => replayJournals(system, repository)));
  expect(said.flat()).toEqual([expect.stringMatching(/was finished/)]);
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(readdirSync(join(repository.rotaDir, 'journal'))).toEqual([]);
});

test('a dead move is finished before the next one, also where every look takes longer than patience lasts', async () => {
  const made = await scene();
  await dieAfterMoving(made);
  const { repo, system, move, next } = made;
  const third = nextCommit(repo, (side) => side.write('b.txt', 'three\n'));
  let now = 0;
  const clock = { ...system.clock, monotonic: () => (now += 10_000) };
  const slow = { ...system, clock };
  expect(await move({ system: slow, move: { old: next, new: third } })).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a crash between the new name and the end of the staged one: the index learns the file as it stays', async () => {
  const { repo, system, repository, move } = await scene();
  const isLink = (port: string, name: string, args: unknown[]) =>
    port === 'files' && name === 'link' && String(args[1]).endsWith('/a.txt');
  await expect(move(dyingSystem(system, isLink))).rejects.toBeInstanceOf(Death);
  const names = () => statSync(join(repo.root, 'a.txt')).nlink;
  expect(names()).toBe(2);
  // Taking a name away later would change the ctime: with a second in between, git would look at the file again.
  let atRefresh = 0;
  const isRefresh = (port: string, _name: string, args: unknown[]) =>
    port === 'git' && (args[1] as string[]).includes('update-index');
  const watched = hookedSystem(system, isRefresh, () => {
    atRefresh = names();
  });
  expect(await replayJournals(watched, repository)).toEqual([expect.stringMatching(/was finished/)]);
  expect(atRefresh).toBe(1);
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a journal is taken over once, and never after it was dropped', async () => {
  const made = await scene();
  await dieAfterMoving(made);
  const { system, repository } = made;
  const [dead] = (await readJournals(system, repository)).journals;
  const first = await takeOver(system, repository, dead!);
  expect(first).toMatchObject({ generation: 1, move: dead!.move, owner: { pid: system.machine.pid } });
  expect(await takeOver(system, repository, dead!)).toBeNull();
  expect((await readJournals(system, repository)).journals).toEqual([first]);
  await dropJournal(system, repository, first!);
  expect(await takeOver(system, repository, dead!)).toBeNull();
  expect((await readJournals(system, repository)).journals).toEqual([]);
});

test('a move that died before it held the index is undone, also when main has come to the same content since', async () => {
  const { repo, system, repository, move, next } = await scene();
  const dying = dyingSystem(
    system,
    (port, name, args) => port === 'files' && name === 'write' && String(args[0]).endsWith('/moved.json'),
  );
  await expect(move(dying)).rejects.toBeInstanceOf(Death);
  expect(readdirSync(join(repository.rotaDir, 'journal'))).toHaveLength(1);
  repo.git('read-tree', '-m', '-u', 'HEAD', next);
  repo.git('commit', '-q', '-m', 'person: the same');
  expect(await replayJournals(system, repository)).toEqual([expect.stringMatching(/it was undone/)]);
  expect(readdirSync(join(repository.rotaDir, 'journal'))).toEqual([]);
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a git that outlives its process is waited for', async () => {
  const made = await scene();
  await dieAfterMoving(made);
  const { repo, system, repository } = made;
  const [dead] = (await readJournals(system, repository)).journals;
  const processTable = {
    ...system.processTable,
    ofRun: async (run: string) => (run === dead!.move ? [1] : []),
  };
  expect(await replayJournals({ ...system, processTable }, repository)).toEqual([]);
  expect(repo.exists('.git/index.lock')).toBe(true);
  expect(await replayJournals(system, repository)).toHaveLength(1);
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a journal that cannot be read is named and left; a torn one goes after an hour', async () => {
  const { repo, system, repository } = await scene();
  repo.write('.git/rota/journal/R.1.json', '{"v": 2}');
  repo.write('.git/rota/journal/.R.2.json.77.new', '{');
  expect(await replayJournals(system, repository)).toEqual([
    expect.stringMatching(/R\.1\.json cannot be read/),
  ]);
  expect(repo.exists('.git/rota/journal/.R.2.json.77.new')).toBe(true);
  const longAgo = Date.now() / 1000 - 2 * 3600;
  utimesSync(join(repo.root, '.git/rota/journal/.R.2.json.77.new'), longAgo, longAgo);
  await replayJournals(system, repository);
  expect(readdirSync(join(repository.rotaDir, 'journal'))).toEqual(['R.1.json']);
});

test('a person has deleted the checkout’s folder since: the move ends', async () => {
  const made = await scene();
  const { repo, system, repository, sandbox, next } = made;
  repo.git('switch', '-q', '-c', 'feature');
  repo.git('worktree', 'add', '-q', join(sandbox.folder, 'linked'), 'main');
  await dieAfterMoving(made);
  await system.files.removeTree(join(sandbox.folder, 'linked'));
  expect(await replayJournals(system, repository)).toEqual([expect.stringMatching(/was finished/)]);
  expect(repo.git('rev-parse', 'main')).toBe(next);
  expect(readdirSync(join(repository.rotaDir, 'journal'))).toEqual([]);
});
