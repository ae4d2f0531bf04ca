import { closeSync, openSync, readdirSync, rmSync, unlinkSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import { sweepAsides } from '../../../src/store/home/asides.ts';
import { replayJournals } from '../../../src/store/home/replay.ts';
import type { Files } from '../../../src/system/ports.ts';
import { Death, dyingSystem, hookedSystem, nextCommit, type Scene, scene } from './scene.ts';

const isUpdateRef = (port: string, _name: string, args: unknown[]) =>
  port === 'git' && (args[1] as string[]).includes('update-ref');
const isRename = (from: string) => (port: string, name: string, args: unknown[]) =>
  port === 'files' && name === 'rename' && String(args[0]).endsWith(from);
const isLink = (to: string) => (port: string, name: string, args: unknown[]) =>
  port === 'files' && name === 'link' && String(args[1]).endsWith(to);

test('a save between the check and the rename is put back and named', async () => {
  const { repo, system, move } = await scene();
  const save = () => repo.write('a.txt', 'saved\n');
  const result = await move({ system: hookedSystem(system, isRename('/a.txt'), save) });
  expect(result).toMatchObject({
    kind: 'moved',
    named: [expect.stringMatching(/a\.txt was changed while main moved/)],
  });
  expect(repo.read('a.txt')).toBe('saved\n');
  expect(repo.git('status', '--porcelain')).toBe(' M a.txt');
});

test('a save between the rename and the link stays and is named', async () => {
  const { repo, system, move } = await scene();
  const save = () => repo.write('a.txt', 'saved\n');
  const result = await move({ system: hookedSystem(system, isLink('/a.txt'), save) });
  expect(result).toMatchObject({
    kind: 'moved',
    named: [expect.stringMatching(/a\.txt was changed while main moved/)],
  });
  expect(repo.read('a.txt')).toBe('saved\n');
  expect(repo.git('status', '--porcelain')).toBe(' M a.txt');
});

test('a file that a person removes meanwhile stays removed; one they make in a doomed folder stays', async () => {
  const { repo, system, move } = await scene();
  const act = () => {
    unlinkSync(join(repo.root, 'a.txt'));
    repo.write('dir/deep/mine.txt', 'mine\n');
    repo.write('tree/mine.txt', 'mine\n');
  };
  const result = await move({ system: hookedSystem(system, isUpdateRef, act) });
  expect(result).toEqual({
    kind: 'moved',
    named: [expect.stringMatching(/a\.txt was removed/), expect.stringMatching(/tree was changed/)],
  });
  expect(repo.git('status', '--porcelain', '-uall')).toBe(
    ' D a.txt\n D tree\n?? dir/deep/mine.txt\n?? tree/mine.txt',
  );
});

test('a late write into a file that was open is kept and named; the others go after a day', async () => {
  const { repo, system, repository, move } = await scene();
  const open = openSync(join(repo.root, 'a.txt'), 'a');
  await move();
  writeSync(open, 'late\n');
  closeSync(open);
  const aside = join(repo.root, '.git/rota-aside');
  const [folder] = readdirSync(aside);
  expect(readdirSync(join(aside, folder!, 'old')).length).toBeGreaterThan(3);
  const named = await sweepAsides(system, repository);
  expect(named).toEqual([expect.stringMatching(/Something saved to .*a\.txt after main had moved/)]);
  const longAgo = Date.now() / 1000 - 25 * 3600;
  utimesSync(join(aside, folder!, 'moved.json'), longAgo, longAgo);
  expect(await sweepAsides(system, repository)).toHaveLength(1);
  expect(readdirSync(join(aside, folder!, 'old'))).toHaveLength(1);
  rmSync(join(aside, folder!, 'old'), { recursive: true });
  expect(await sweepAsides(system, repository)).toEqual([]);
  expect(readdirSync(aside)).toEqual([]);
});

test('while main moves, git add and commit refuse', async () => {
  const { repo, system, move } = await scene();
  const act = () => {
    repo.write('b.txt', 'mine\n');
    expect(() => repo.git('add', 'b.txt')).toThrow(/index\.lock/);
    expect(() => repo.git('commit', '-qam', 'mine')).toThrow(/index\.lock/);
  };
  expect(await move({ system: hookedSystem(system, isUpdateRef, act, true) })).toMatchObject({
    kind: 'moved',
  });
  expect(repo.git('status', '--porcelain')).toBe(' M b.txt');
});

test('switch -c just before main moves: that checkout stays as it was', async () => {
  const { repo, system, move, old, next } = await scene();
  const act = () => void repo.git('symbolic-ref', 'HEAD', 'refs/heads/mine');
  repo.git('branch', 'mine');
  expect(await move({ system: hookedSystem(system, isUpdateRef, act) })).toEqual({
    kind: 'moved',
    named: [],
  });
  expect([repo.git('rev-parse', 'HEAD'), repo.git('rev-parse', 'main')]).toEqual([old, next]);
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(repo.read('a.txt')).toBe('one\n');
});

test('switch -c just after main moved: that checkout comes along', async () => {
  const { repo, system, move, next } = await scene();
  const act = () => {
    repo.git('branch', 'mine');
    repo.git('symbolic-ref', 'HEAD', 'refs/heads/mine');
  };
  expect(await move({ system: hookedSystem(system, isUpdateRef, act, true) })).toEqual({
    kind: 'moved',
    named: [],
  });
  expect(repo.git('rev-parse', 'HEAD')).toBe(next);
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a switch to main while main moves: that checkout is brought along', async () => {
  const { repo, system, move, next } = await scene();
  repo.git('switch', '-q', '-c', 'feature');
  const act = () => void repo.git('switch', '-q', 'main');
  expect(await move({ system: hookedSystem(system, isUpdateRef, act) })).toEqual({
    kind: 'moved',
    named: [],
  });
  expect(repo.git('rev-parse', 'HEAD')).toBe(next);
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(repo.exists('.git/index.lock')).toBe(false);
});

test('a switch to main with an edit in the way: named, nothing touched', async () => {
  const { repo, system, move } = await scene();
  repo.git('switch', '-q', '-c', 'feature');
  const act = () => {
    repo.git('switch', '-q', 'main');
    repo.write('a.txt', 'mine\n');
  };
  const result = await move({ system: hookedSystem(system, isUpdateRef, act) });
  expect(result).toMatchObject({
    kind: 'moved',
    named: [expect.stringMatching(/was switched to main while main moved.*a\.txt has changes/)],
  });
  expect(repo.read('a.txt')).toBe('mine\n');
});

test('an edit between the first and the second look waits', async () => {
  const { repo, system, move, old } = await scene();
  const act = () => repo.write('a.txt', 'mine\n');
  const result = await move({ system: hookedSystem(system, isLink('index.lock'), act) });
  expect(result).toMatchObject({ kind: 'in-the-way', reason: expect.stringMatching(/a\.txt has changes/) });
  expect(repo.git('rev-parse', 'main')).toBe(old);
  expect(repo.exists('.git/index.lock')).toBe(false);
});

test('two moves at once: one wins, the other is stale', async () => {
  const { repo, move, old, next } = await scene();
  const other = nextCommit(repo, (side) => side.write('b.txt', 'other\n'));
  const results = await Promise.all([move(), move({ move: { run: 'RUN2', new: other } })]);
  expect(results.map((result) => result.kind).sort()).toEqual(['moved', 'stale']);
  expect([next, other]).toContain(repo.git('rev-parse', 'main'));
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(old).not.toBe('');
});

/** Dies right after main has moved. */
async function dieAfterMoving({ system, move }: Scene): Promise<void> {
  await expect(move(dyingSystem(system, isUpdateRef))).rejects.toBeInstanceOf(Death);
}

test('after a crash a person cannot commit a reversal, and a new move finishes the old one first', async () => {
  const made = await scene();
  const { repo, move, next } = made;
  await dieAfterMoving(made);
  expect(() => repo.git('commit', '-qam', 'reverts')).toThrow(/index\.lock/);
  const third = nextCommit(repo, (side) => side.write('b.txt', 'three\n'));
  expect(await move({ move: { old: next, new: third } })).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a crash, and a person who removes the index lock: named, nothing touched', async () => {
  const made = await scene();
  const { repo, system, repository } = made;
  await dieAfterMoving(made);
  unlinkSync(join(repo.root, '.git/index.lock'));
  const status = repo.git('status', '--porcelain');
  const said = await replayJournals(system, repository);
  expect(said).toEqual([expect.stringMatching(/was not brought along.*read-tree -m -u/)]);
  expect(repo.git('status', '--porcelain')).toBe(status);
  const command = /read-tree -m -u \w+ \w+/.exec(said[0]!)![0];
  repo.git(...command.split(' '));
  expect(await replayJournals(system, repository)).toEqual([expect.stringMatching(/was finished/)]);
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a crash, and main moved on by plumbing: named, nothing touched', async () => {
  const made = await scene();
  const { repo, system, repository, next } = made;
  await dieAfterMoving(made);
  repo.write('tree/x.txt', 'x\n');
  unlinkSync(join(repo.root, 'a.txt'));
  repo.write('a.txt', 'two\n');
  const third = repo.git('commit-tree', '-p', next, '-m', 'third', `${next}^{tree}`);
  repo.git('update-ref', 'refs/heads/main', third);
  const said = await replayJournals(system, repository);
  expect(said).toEqual([expect.stringMatching(/was left in the middle of a move/)]);
  expect(repo.exists('.git/index.lock')).toBe(true);
});

test('a live process’s move is left alone', async () => {
  const made = await scene();
  const { repo, system, repository, move } = made;
  await dieAfterMoving(made);
  const [name] = readdirSync(join(repo.root, '.git/rota/journal'));
  const path = `.git/rota/journal/${name}`;
  const { id, ...mine } = system.machine;
  repo.write(path, JSON.stringify({ ...JSON.parse(repo.read(path)), owner: { ...mine, machine: id } }));
  expect(await replayJournals(system, repository)).toEqual([]);
  expect(repo.exists('.git/index.lock')).toBe(true);
  let now = 0;
  const clock = { ...system.clock, monotonic: () => (now += 1000), wait: async () => undefined };
  expect(await move({ system: { ...system, clock } })).toMatchObject({ kind: 'in-the-way' });
});

test('a full disk while new files are written leaves nothing behind', async () => {
  const { repo, system, repository, move, old } = await scene();
  const full = new RotaError('files', 'ENOSPC: no space left on device', 'free some');
  const files: Files = {
    ...system.files,
    write: async (path, data, options) => {
      if (path.endsWith('/new/3')) throw full;
      return system.files.write(path, data, options);
    },
  };
  await expect(move({ system: { ...system, files } })).rejects.toBe(full);
  expect(repo.git('rev-parse', 'main')).toBe(old);
  expect(await system.files.list(join(repository.rotaDir, 'journal'))).toEqual([]);
  expect(await system.files.list(join(repository.gitDir, 'rota-aside'))).toEqual([]);
});

test('a failure after main moved is named, and sweep finishes it', async () => {
  const { repo, system, repository, move, next } = await scene();
  const dead = { ...system, machine: { ...system.machine, pid: 2 ** 22 + 7, started: '1' } };
  const files: Files = {
    ...system.files,
    rename: async (from, to) => {
      if (to.endsWith('.git/index')) throw new RotaError('files', 'EIO: i/o error');
      return system.files.rename(from, to);
    },
  };
  const result = await move({ system: { ...dead, files } });
  expect(result).toMatchObject({ kind: 'moved', named: [expect.stringMatching(/rota sweep/)] });
  expect(repo.git('rev-parse', 'main')).toBe(next);
  await replayJournals(system, repository);
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a git dir on another file system: files are held in the checkout, unseen', async () => {
  const { repo, system, repository, move } = await scene();
  const files: Files = {
    ...system.files,
    facts: async (path) => {
      const facts = await system.files.facts(path);
      return facts === null || !path.startsWith(repository.gitDir) ? facts : { ...facts, dev: 99 };
    },
    rename: async (from, to) => {
      if (from.startsWith(repository.gitDir) !== to.startsWith(repository.gitDir))
        throw Object.assign(new Error(), { code: 'EXDEV' });
      return system.files.rename(from, to);
    },
  };
  expect(await move({ system: { ...system, files } })).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(readdirSync(join(repo.root, '.rota-aside'))).toHaveLength(2);
});

test('a file system without hard links', async () => {
  const { repo, system, move } = await scene();
  const files: Files = {
    ...system.files,
    link: async () => {
      throw new RotaError('files', 'EPERM', null, { cause: Object.assign(new Error(), { code: 'EPERM' }) });
    },
  };
  expect(await move({ system: { ...system, files } })).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('');
});
