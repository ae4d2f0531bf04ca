import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { commitLeftovers, type Leftovers } from '../../../src/run/worktree/commit-leftovers.ts';
import { enterClone } from '../../../src/run/worktree/enter-clone.ts';
import { leaveClone } from '../../../src/run/worktree/leave-clone.ts';
import type { Worktree } from '../../../src/run/worktree/worktree.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { BRANCH, FILES, projectOf, type TestProject } from '../worktree/open-test-project.ts';

export interface CloneScene extends TestProject {
  readonly worktree: Worktree;
  /** `.git` of the worktree: the agent's repository while it works. */
  readonly dotGit: string;
  /** A command that leaves a trace when anything runs it. */
  readonly canary: string;
  /** What the canary has seen. */
  sung(): string;
  /** Git in the worktree, as the agent; throws with stderr. */
  git(...args: string[]): string;
  write(path: string, text: string): void;
  commit(message: string, files: Record<string, string>): string;
  /** Writes or replaces a file in the agent's `.git`. */
  plant(path: string, text: string): void;
  enter(): Promise<void>;
  leave(): Promise<readonly string[]>;
  /** As a turn ends: taken in, then leftovers committed. */
  finish(): Promise<Leftovers & { readonly said: readonly string[] }>;
  branch(): string;
  rescues(): string[];
  kept(): string[];
}

/** A worktree of run RUN1 whose agent has a repository of its own, entered already. */
export async function cloneScene(given: TestRepo | null = null): Promise<CloneScene> {
  const repo = given ?? sandbox().repo('repo', FILES);
  const test = await projectOf(repo);
  onTestFinished(() => test.project.close());
  const worktree = await test.make();
  const { project } = test;
  const box = repo.sandbox.folder;
  const dotGit = join(worktree.path, '.git');
  const sung = join(box, 'sung');
  const canary = join(box, 'canary.sh');
  writeFileSync(canary, `#!/bin/sh\necho "$0 $*" >> "${sung}"\nexit 1\n`, { mode: 0o755 });
  const left = { task: 'A1', run: 'RUN1', worktree, base: worktree.base };
  const scene: CloneScene = {
    ...test,
    worktree,
    dotGit,
    canary,
    sung: () => (existsSync(sung) ? readFileSync(sung, 'utf8') : ''),
    git: (...args) => repo.git('-C', worktree.path, ...args),
    write: (path, text) => {
      mkdirSync(join(worktree.path, path, '..'), { recursive: true });
      writeFileSync(join(worktree.path, path), text);
    },
    commit: (message, files) => {
      for (const [path, text] of Object.entries(files)) scene.write(path, text);
      scene.git('add', '-A');
      scene.git('commit', '-q', '-m', message);
      return scene.git('rev-parse', 'HEAD');
    },
    plant: (path, text) => {
      mkdirSync(join(dotGit, path, '..'), { recursive: true });
      writeFileSync(join(dotGit, path), text, { mode: 0o755 });
    },
    enter: () => enterClone(project, { run: 'RUN1', worktree }),
    leave: () => leaveClone(project, left),
    finish: async () => {
      const said = await leaveClone(project, left);
      return { ...(await commitLeftovers(project, worktree, 'chore(A1): left')), said };
    },
    branch: () => repo.git('rev-parse', BRANCH),
    rescues: () => lines(repo.git('for-each-ref', '--format=%(objectname)', 'refs/rota/rescue/A1/')),
    kept: () => namesIn(join(project.worktrees, '.kept')),
  };
  await scene.enter();
  return scene;
}

export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

export function kindOf(path: string): 'file' | 'folder' | 'link' | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  return stat.isSymbolicLink() ? 'link' : stat.isDirectory() ? 'folder' : 'file';
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
