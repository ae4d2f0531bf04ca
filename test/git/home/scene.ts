import { chmodSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { moveMainLocally } from '../../../src/store/home/move-main-locally.ts';
import type { MainMove, MoveResult } from '../../../src/store/move-main.ts';
import { openRepository, type Repository } from '../../../src/store/repository.ts';
import type { Files, GitDoor, System } from '../../../src/system/ports.ts';
import { type Sandbox, sandbox, type TestRepo } from '../../support/repo.ts';

/** A repository with main checked out, and a commit that main is to move to. */
export interface Scene {
  readonly sandbox: Sandbox;
  readonly repo: TestRepo;
  readonly repository: Repository;
  readonly system: System;
  readonly old: string;
  readonly next: string;
  move(overrides?: {
    system?: System;
    move?: Partial<MainMove>;
    isOwn?: (path: string) => boolean;
  }): Promise<MoveResult>;
}

const OLD: Record<string, string> = {
  'a.txt': 'one\n',
  'b.txt': 'bee\n',
  'dir/deep/gone.txt': 'gone\n',
  'run.sh': 'echo\n',
  swap: 'a file\n',
  'tree/x.txt': 'x\n',
  'other.txt': 'other\n',
  'second.txt': 'second\n',
};

/** Every kind of change: edit, add in a new folder, delete with its folder, mode, file to folder, folder to file, link. */
export function everyChange(repo: TestRepo): void {
  repo.write('a.txt', 'two\n');
  repo.write('new/folder/n.txt', 'new\n');
  repo.git('rm', '-q', 'dir/deep/gone.txt', 'swap', 'tree/x.txt');
  chmodSync(join(repo.root, 'run.sh'), 0o755);
  repo.write('swap/inner.txt', 'in\n');
  repo.write('tree', 'now a file\n');
  symlinkSync('a.txt', join(repo.root, 'link'));
  repo.git('add', '-A');
}

export async function scene(
  options: { change?: (repo: TestRepo) => void; files?: Record<string, string> } = {},
): Promise<Scene> {
  const box = sandbox();
  const repo = box.repo('project', options.files ?? OLD);
  const old = repo.git('rev-parse', 'HEAD');
  const next = nextCommit(repo, options.change ?? everyChange);
  const system = box.system();
  const repository = await openRepository(system, repo.root);
  return {
    sandbox: box,
    repo,
    repository,
    system,
    old,
    next,
    move: ({ system: other = system, move = {}, isOwn = () => false } = {}) =>
      moveMainLocally(other, repository, { branch: 'main', isOwn })({
        run: 'RUN1',
        old,
        new: next,
        refs: [],
        ...move,
      }),
  };
}

/** Makes a commit on top of HEAD in a linked worktree that is gone afterwards. */
export function nextCommit(repo: TestRepo, change: (repo: TestRepo) => void): string {
  const path = realpathSync(repo.sandbox.folder);
  const side = join(path, 'side');
  repo.git('worktree', 'add', '-q', '--detach', side, 'HEAD');
  const root: TestRepo = {
    ...repo,
    root: side,
    git: (...args) => repo.git('-C', side, ...args),
    write: (file, text) => repo.write(join('..', 'side', file), text),
  };
  change(root);
  if (root.git('diff', '--cached', '--name-only') === '') root.git('add', '-u');
  root.git('commit', '-q', '--allow-empty', '-m', 'next');
  const commit = root.git('rev-parse', 'HEAD');
  repo.git('worktree', 'remove', '--force', side);
  return commit;
}

/** A process that has died: no call of it does anything any more. Deliberately without a `code`. */
export class Death extends Error {}

type When = (port: 'files' | 'git', name: string, args: unknown[]) => boolean;

/**
 * A system whose owner is a process that is gone. It dies before its n-th call of files or git, or right after the first
 * call that `at` picks.
 */
export function dyingSystem(system: System, at: number | When): { system: System; calls: () => number } {
  let calls = 0;
  let dead = false;
  const dying = <T extends object>(port: T, label: 'files' | 'git'): T =>
    new Proxy(port, {
      get: (target, name) => {
        const call = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          calls++;
          if (dead || calls === at) dead = true;
          if (dead) throw new Death();
          const result = await call.apply(target, args);
          if (typeof at === 'function' && at(label, String(name), args)) dead = true;
          return result;
        };
      },
    });
  return {
    calls: () => calls,
    system: {
      ...system,
      files: dying<Files>(system.files, 'files'),
      git: dying<GitDoor>(system.git, 'git'),
      machine: { ...system.machine, pid: 2 ** 22 + 7, started: '1' },
    },
  };
}

/** A system that runs `action` once, just before the first call that `when` picks. */
export function hookedSystem(system: System, when: When, action: () => void, after = false): System {
  let done = false;
  const hooked = <T extends object>(port: T, label: 'files' | 'git'): T =>
    new Proxy(port, {
      get: (target, name) => {
        const call = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          const hit = !done && when(label, String(name), args);
          if (hit) done = true;
          if (hit && !after) action();
          const result = await call.apply(target, args);
          if (hit && after) action();
          return result;
        };
      },
    });
  return { ...system, files: hooked(system.files, 'files'), git: hooked(system.git, 'git') };
}
