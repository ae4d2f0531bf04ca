import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openRepository, type Repository } from '../../src/store/repository.ts';
import { realGit } from '../../src/system/git.ts';
import type { System } from '../../src/system/ports.ts';
import { realProcesses } from '../../src/system/processes.ts';
import { realSystem } from '../../src/system/real-system.ts';

/** A home checkout on main, in a folder of its own with its own HOME: for programs that run without a test runner. */
export interface Home {
  readonly root: string;
  readonly env: Record<string, string>;
  readonly system: System;
  readonly repository: Repository;
  git(args: readonly string[], options?: { input?: string; env?: Record<string, string> }): string;
}

/** Makes the repository with one commit of these files. */
export async function makeHome(folder: string, files: Readonly<Record<string, string>>): Promise<Home> {
  const root = join(folder, 'project');
  const config = join(folder, 'gitconfig');
  mkdirSync(root, { recursive: true });
  writeFileSync(
    config,
    '[user]\nname = Pat Example\nemail = pat@example.org\n[gc]\nauto = 0\n[maintenance]\nauto = false\n',
  );
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: folder,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const git: Home['git'] = (args, options = {}) =>
    execFileSync('git', args, {
      cwd: root,
      env: { ...env, ...options.env },
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 2 ** 30,
      ...(options.input === undefined ? {} : { input: options.input }),
    }).trimEnd();
  git(['init', '-q', '-b', 'main']);
  rmSync(join(root, '.git/hooks'), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  git(['add', '-A']);
  git(['commit', '-q', '-m', 'chore: first']);
  const system = systemOf(folder, env);
  return { root, env, system, git, repository: await openRepository(system, root) };
}

/** The real doors, with the environment of the home. */
export function systemOf(folder: string, env: Record<string, string>): System {
  return {
    ...realSystem(),
    git: realGit(realProcesses(), env),
    environment: { variables: env, cwd: folder, platform: process.platform, by: 'pat@example' },
  };
}
