import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Project } from '../../../src/run/project/project.ts';
import { moveRef } from '../../../src/run/worktree/ancestry.ts';
import { commitRefs, readRefs } from '../../../src/store/refs/local-transaction.ts';
import { healTransactions } from '../../../src/store/refs/transaction-journal.ts';
import type { GitDoor, System } from '../../../src/system/ports.ts';
import { Death, dyingSystem, type Scene, scene } from './scene.ts';

const A = 'refs/rota/tasks/A1';
const B = 'refs/rota/tasks/B1';

test('creates, changes, verifies and deletes, all or none', async () => {
  const { repo, system, repository, old, next } = await scene();
  const commit = (...changes: [string, string | null, string | null][]) =>
    commitRefs(
      system,
      repository,
      changes.map(([ref, from, to]) => ({ ref, from, to })),
    );
  expect(await commit([A, null, old])).toEqual({ kind: 'swapped' });
  expect(await commit([A, null, next])).toEqual({ kind: 'stale', refs: [A] });
  expect(await commit([A, next, old], [B, null, old])).toEqual({ kind: 'stale', refs: [A] });
  expect(await commit([B, next, null])).toEqual({ kind: 'stale', refs: [B] });
  expect(
    await commit(
      [A, old, next],
      [B, null, old],
      ['refs/heads/main', old, old],
      ['refs/rota/pause', null, null],
    ),
  ).toEqual({ kind: 'swapped' });
  expect(await commit(['refs/heads/main', next, next], [A, next, null])).toEqual({
    kind: 'stale',
    refs: ['refs/heads/main'],
  });
  // Somebody else has done the same already: they did it, not this transaction.
  expect(await commit([B, old, old], [A, old, next])).toEqual({ kind: 'stale', refs: [A] });
  expect(await commit([A, next, null], [B, old, null])).toEqual({ kind: 'swapped' });
  expect(await commit([A, next, null])).toEqual({ kind: 'stale', refs: [A] });
  expect(await readRefs(system, repository, [A, 'refs/heads/main'])).toEqual(
    new Map([
      [A, null],
      ['refs/heads/main', old],
    ]),
  );
  expect(await system.files.list(join(repository.rotaDir, 'transactions'))).toEqual([]);
  expect(repo.exists('.git/logs/refs/rota')).toBe(false);
});

test('packed refs, too', async () => {
  const { repo, system, repository, old, next } = await scene();
  repo.git('update-ref', A, old);
  repo.git('pack-refs', '--all');
  expect(await commitRefs(system, repository, [{ ref: A, from: next, to: null }])).toEqual({
    kind: 'stale',
    refs: [A],
  });
  expect(await commitRefs(system, repository, [{ ref: A, from: old, to: null }])).toEqual({
    kind: 'swapped',
  });
});

/** A git that is killed in its first `update-ref`, after `left` has been done. */
function killedGit(system: System, left: () => void, stdout: string): System {
  let killed = false;
  const run: GitDoor['run'] = async (place, args, options) => {
    if (killed || !args.includes('update-ref')) return system.git.run(place, args, options);
    killed = true;
    left();
    return { code: -1, stdout: Buffer.from(stdout), stderr: '' };
  };
  return { ...system, git: { ...system.git, run } };
}

test('git killed before anything moved, with locks left: they go, and it is done again', async () => {
  const { repo, system, repository, old } = await scene();
  const killed = killedGit(
    system,
    () => {
      repo.write(`.git/${A}.lock`, '');
      repo.write('.git/HEAD.lock', '');
    },
    'start: ok\n',
  );
  expect(await commitRefs(killed, repository, [{ ref: A, from: null, to: old }])).toEqual({
    kind: 'swapped',
  });
  expect([repo.git('rev-parse', A), repo.exists(`.git/${A}.lock`), repo.exists('.git/HEAD.lock')]).toEqual([
    old,
    false,
    false,
  ]);
});

test('git killed after main moved: the rest follows', async () => {
  const { repo, system, repository, old, next } = await scene();
  repo.git('update-ref', A, old);
  repo.git('switch', '-q', '-c', 'elsewhere');
  const killed = killedGit(
    system,
    () => {
      repo.git('update-ref', 'refs/heads/main', next);
      repo.write(`.git/${A}.lock`, '');
    },
    'start: ok\nprepare: ok\n',
  );
  const changes = [
    { ref: 'refs/heads/main', from: old, to: next },
    { ref: A, from: old, to: null },
  ];
  expect(await commitRefs(killed, repository, changes)).toEqual({ kind: 'swapped' });
  expect(repo.git('for-each-ref', 'refs/rota')).toBe('');
});

test('git killed while another git works: the locks stay, with a journal that heals them later', async () => {
  const { repo, system, repository, old } = await scene();
  const left = `.git/${A}.lock`;
  const killed = killedGit(system, () => repo.write(left, ''), 'start: ok\n');
  // As a worker beside this one has it all the time.
  const other = spawn('git', ['hash-object', '--stdin-paths'], { cwd: repo.root, stdio: 'pipe' });
  try {
    await once(other, 'spawn');
    const change = [{ ref: A, from: null, to: old }];
    await expect(commitRefs(killed, repository, change)).rejects.toMatchObject({ code: 'git' });
    expect(repo.exists(left)).toBe(true);
  } finally {
    other.stdin.end();
    await once(other, 'exit');
  }
  // Its process lives on: no sweep waits for that.
  expect(await healTransactions(system, repository)).toEqual([]);
  expect(repo.exists(left)).toBe(false);
  expect(await commitRefs(system, repository, [{ ref: A, from: null, to: old }])).toEqual({
    kind: 'swapped',
  });
  expect(await system.files.list(join(repository.rotaDir, 'transactions'))).toEqual([]);
});

test.each([
  ['died after it had moved main', 'start: ok\nprepare: ok\n', true],
  ['died before', 'start: ok\n', false],
])(
  'a move of main whose git %s while another git works: its journal goes, one for the locks stays',
  async (_, stdout, moves) => {
    const { repo, system, repository, old, next, move } = await scene();
    const left = [`.git/${A}.lock`, '.git/HEAD.lock'];
    const killed = killedGit(
      system,
      () => {
        if (moves) repo.git('update-ref', 'refs/heads/main', next);
        for (const path of left) repo.write(path, '');
      },
      stdout,
    );
    const other = spawn('git', ['hash-object', '--stdin-paths'], { cwd: repo.root, stdio: 'pipe' });
    try {
      await once(other, 'spawn');
      const moving = move({ system: killed, move: { refs: [{ ref: A, from: null, to: old }] } });
      if (moves) expect((await moving).kind).toBe('moved');
      else await expect(moving).rejects.toMatchObject({ code: 'git' });
      expect(left.filter((path) => repo.exists(path))).toEqual(left);
      expect(await system.files.list(join(repository.rotaDir, 'journal'))).toEqual([]);
    } finally {
      other.stdin.end();
      await once(other, 'exit');
    }
    expect(await healTransactions(system, repository)).toEqual([]);
    expect(left.filter((path) => repo.exists(path))).toEqual([]);
    expect(await system.files.list(join(repository.rotaDir, 'transactions'))).toEqual([]);
  },
);

test('git killed when all had moved, but for the lock of HEAD: that goes, too', async () => {
  const { repo, system, repository, old, next } = await scene();
  const killed = killedGit(
    system,
    () => {
      repo.git('update-ref', 'refs/heads/main', next);
      repo.write('.git/HEAD.lock', '');
    },
    'start: ok\nprepare: ok\n',
  );
  const change = { ref: 'refs/heads/main', from: old, to: next };
  expect(await commitRefs(killed, repository, [change])).toEqual({ kind: 'swapped' });
  expect(repo.exists('.git/HEAD.lock')).toBe(false);
});

test('a lock that is older than the transaction is not removed; the command is printed', async () => {
  const { repo, system, repository, old } = await scene();
  repo.write(`.git/${A}.lock`, '');
  const before = Date.now() / 1000 - 60;
  utimesSync(join(repo.root, `.git/${A}.lock`), before, before);
  await expect(commitRefs(system, repository, [{ ref: A, from: null, to: old }])).rejects.toMatchObject({
    code: 'git',
    message: expect.stringContaining(`${A}.lock`),
    hint: expect.stringMatching(/rm -- '.*A1\.lock'/),
  });
  expect(repo.exists(`.git/${A}.lock`)).toBe(true);
});

async function dieInTransaction({ system, repository, repo, old }: Scene, age: number): Promise<void> {
  const dying = dyingSystem(
    system,
    (port, _name, args) => port === 'git' && (args[1] as string[]).includes('update-ref'),
  );
  await expect(
    commitRefs(dying.system, repository, [{ ref: A, from: null, to: old }]),
  ).rejects.toBeInstanceOf(Death);
  repo.write(`.git/${A}.lock`, '');
  const time = Date.now() / 1000 - age;
  utimesSync(join(repo.root, `.git/${A}.lock`), time, time);
}

test('sweep removes the ref locks of a dead transaction, once', async () => {
  const made = await scene();
  await dieInTransaction(made, 0);
  expect(await healTransactions(made.system, made.repository)).toEqual([]);
  expect(made.repo.exists(`.git/${A}.lock`)).toBe(false);
  expect(await made.system.files.list(join(made.repository.rotaDir, 'transactions'))).toEqual([]);
});

test('sweep names a lock that is older, and one of a live git', async () => {
  const made = await scene();
  const { repo, system, repository } = made;
  await dieInTransaction(made, 3600);
  expect(await healTransactions(system, repository)).toEqual([expect.stringMatching(/A1\.lock/)]);
  expect(repo.exists(`.git/${A}.lock`)).toBe(true);
});

test('a live git process of the repository keeps every lock', async () => {
  const made = await scene();
  const { repo, system, repository } = made;
  await dieInTransaction(made, 0);
  const { spawn } = await import('node:child_process');
  const git = spawn('git', ['update-ref', '--stdin'], {
    cwd: repo.root,
    env: repo.sandbox.env,
    stdio: 'pipe',
  });
  await new Promise((resolve) => git.once('spawn', resolve));
  expect(await healTransactions(system, repository)).toEqual([expect.stringMatching(/A1\.lock/)]);
  expect(repo.exists(`.git/${A}.lock`)).toBe(true);
  git.stdin.end();
  await new Promise((resolve) => git.once('close', resolve));
  expect(await healTransactions(system, repository)).toEqual([]);
  expect(repo.exists(`.git/${A}.lock`)).toBe(false);
});

test('a branch moves in a journalled transaction, too: what a dead git left of it goes', async () => {
  const { repo, system, repository, old, next } = await scene();
  const branch = 'refs/heads/ai/developer/A1-x';
  const killed = killedGit(system, () => repo.write(`.git/${branch}.lock`, ''), 'start: ok\n');
  const move = (from: string | null, to: string | null, on = system) =>
    moveRef({ system: on, repository } as Project, branch, { from, to, why: 'rota: test' });
  expect(await move(null, old, killed)).toBe(true);
  expect(repo.git('rev-parse', branch)).toBe(old);
  expect([await move(null, next), await move(next, old), await move(old, next)]).toEqual([
    false,
    false,
    true,
  ]);
  expect([await move(old, null), await move(next, null), await move(next, null)]).toEqual([
    false,
    true,
    false,
  ]);
});
