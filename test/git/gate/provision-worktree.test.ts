import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ProvisionWorktreeInput, provisionWorktree } from '../../../src/run/gate/provision-worktree.ts';
import { gateRig } from './fixture.ts';

async function rig(changes: Partial<ProvisionWorktreeInput>) {
  const { box, repo, system, runFolder } = await gateRig({
    '.gitignore': 'node_modules/\n.env\ndata/*.db\nlink\n',
    'src/a.txt': 'a\n',
    'data/keep.txt': 'k\n',
  });
  repo.write('node_modules/lib/index.js', 'lib');
  repo.write('.env', 'KEY=1');
  repo.write('mine.txt', 'not ignored');
  mkdirSync(join(repo.root, 'node_modules/.bin'));
  symlinkSync('../lib/index.js', join(repo.root, 'node_modules/.bin/lib'));
  symlinkSync(join(repo.root, 'src'), join(repo.root, 'node_modules/workspace'));
  const worktree = join(box.folder, 'worktree');
  repo.git('worktree', 'add', '-q', '--detach', worktree);
  const place = {
    kind: 'checkout',
    gitDir: join(repo.root, '.git/worktrees/worktree'),
    workTree: worktree,
  } as const;
  const provisionedFile = join(runFolder, 'provisioned');
  const provision = (again: Partial<ProvisionWorktreeInput> = {}) =>
    provisionWorktree(system, {
      worktree,
      place,
      home: repo.root,
      copy: [],
      setup: [],
      env: { ...box.env, ROTA_HOME: repo.root, ROTA_RUN: 'R' },
      wrap: (start) => start,
      run: 'R',
      outputFile: (n) => join(runFolder, `setup-${n}.log`),
      provisionedFile,
      leftFile: null,
      stop: new AbortController().signal,
      ...changes,
      ...again,
    });
  return { provision, worktree, repo, provisionedFile };
}

test('ignored paths are copied, never linked; links into the home checkout become links into the worktree', async () => {
  const { provision, worktree, repo, provisionedFile } = await rig({ copy: ['node_modules/', '.env'] });
  const end = await provision();
  expect(end).toEqual({ kind: 'ready', provisioned: ['.env', 'node_modules/'], notCopied: [] });
  expect(readFileSync(provisionedFile, 'utf8')).toBe('".env"\n"node_modules/"\n');
  const copied = join(worktree, 'node_modules/lib/index.js');
  expect(lstatSync(copied).isFile()).toBe(true);
  expect(statSync(copied).ino).not.toBe(statSync(join(repo.root, 'node_modules/lib/index.js')).ino);
  expect(readlinkSync(join(worktree, 'node_modules/.bin/lib'))).toBe('../lib/index.js');
  expect(readlinkSync(join(worktree, 'node_modules/workspace'))).toBe(join(worktree, 'src'));
  writeFileSync(copied, 'changed');
  expect(repo.read('node_modules/lib/index.js')).toBe('lib');
});

test('only what is ignored and inside is copied; the rest is named', async () => {
  const end = await (
    await rig({ copy: ['mine.txt', 'src', '../project/.env', '.git/config', 'gone', '/etc/passwd'] })
  ).provision();
  expect(end).toMatchObject({
    provisioned: [],
    notCopied: [
      'mine.txt: not ignored by git, so it is not copied',
      'src: not ignored by git, so it is not copied',
      '../project/.env: not a path inside the repository',
      '.git/config: not a path inside the repository',
      'gone: not there in the home checkout',
      '/etc/passwd: not a path inside the repository',
    ],
  });
});

test('setup runs in the worktree after the copies, and what it ignored is listed file by file', async () => {
  const setup = [
    'test "$(cat .env)" = KEY=1 && test -d "$ROTA_HOME/.git" && echo 1 > data/seed.db',
    ['touch', 'new.txt'],
  ];
  const end = await (await rig({ copy: ['.env'], setup })).provision();
  expect(end).toMatchObject({ kind: 'ready', provisioned: ['.env', 'data/seed.db'] });
});

test('setup that fails says which command and how', async () => {
  const end = await (await rig({ setup: ['true', 'echo no registry; exit 4'] })).provision();
  expect(end).toEqual({
    kind: 'failed',
    command: 'echo no registry; exit 4',
    errors: [],
    how: 'exit 4',
    tail: 'no registry',
  });
});

test('in a worktree of an earlier run, what neither its setup nor this one made is an agent’s', async () => {
  const { provision, worktree, provisionedFile } = await rig({ setup: ['echo made > data/setup.db'] });
  await provision();
  const leftFile = `${provisionedFile}.left`;
  renameSync(provisionedFile, leftFile);
  writeFileSync(join(worktree, 'data/agent.db'), 'results of an hour');
  const again = await provision({ leftFile });
  expect(again).toMatchObject({ kind: 'ready', provisioned: ['data/setup.db'] });
  expect(readFileSync(provisionedFile, 'utf8')).toBe('"data/setup.db"\n');
  expect(await provision({ leftFile: join(worktree, 'gone') })).toMatchObject({ provisioned: [] });
});
