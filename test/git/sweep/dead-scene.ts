import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openProject } from '../../../src/run/project/open-project.ts';
import type { SweepReport } from '../../../src/run/sweep/sweep-report.ts';
import { realGit } from '../../../src/system/git.ts';
import type { System } from '../../../src/system/ports.ts';
import { realProcesses } from '../../../src/system/processes.ts';
import { realSystem } from '../../../src/system/real-system.ts';
import { problemsAfter } from './dead-scene-problems.ts';
import { fileOf, workerOf } from './dead-worker.ts';
import { landSome, leaveRun, shareAll, showLocks, writeRecords } from './leave-dead.ts';
import { write } from './write.ts';

/** How much died. The first `worktrees` of the locked tasks have one. */
export interface DeadSceneSize {
  readonly locks: number;
  readonly worktrees: number;
  /** A bare repository beside it holds main and the records. */
  readonly remote: boolean;
}

/** A repository in which every worker has died. */
export interface DeadScene {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly system: System;
  git(...args: string[]): string;
  /** Writes a file at home. */
  write(path: string, text: string): void;
  /** What is not as it has to be after one sweep, in words. */
  problemsAfter(report: SweepReport): string[];
}

/** Makes the repository in `folder`, with rota's own functions where these make what is left. */
export async function makeDeadScene(folder: string, size: DeadSceneSize): Promise<DeadScene> {
  const env = environmentIn(folder);
  const root = join(folder, 'repo');
  mkdirSync(root, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28 }).trimEnd();
  git('init', '-q');
  for (const [path, text] of Object.entries(filesOf(size.locks))) write(join(root, path), text);
  git('add', '-A');
  git('commit', '-q', '-m', 'chore: first');
  if (size.remote) {
    git('init', '-q', '--bare', join(folder, 'remote.git'));
    git('remote', 'add', 'origin', `file://${join(folder, 'remote.git')}`);
    git('push', '-q', 'origin', 'main');
  }
  const system = {
    ...realSystem(),
    git: realGit(realProcesses(), env),
    environment: { variables: env, cwd: root, platform: process.platform, by: 'pat@example' },
  };
  const project = await openProject(system, root, () => undefined, 'write');
  try {
    const workers = Array.from({ length: size.locks }, (_, at) => workerOf(project, at, size.worktrees));
    showLocks(root, project, workers, git);
    const base = git('rev-parse', 'main');
    for (const worker of workers) await leaveRun(project, worker, base, git);
    landSome(workers, git);
    writeRecords(root, env, project, workers, base);
    if (size.remote) shareAll(workers, git);
    return {
      root,
      env,
      system,
      git,
      write: (path, text) => write(join(root, path), text),
      problemsAfter: (report) => problemsAfter(workers, size.remote, report, { root, git }),
    };
  } finally {
    await project.close();
  }
}

function environmentIn(folder: string): Record<string, string> {
  const home = join(folder, 'home');
  mkdirSync(join(home, 'tmp'), { recursive: true });
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Pat Example\n\temail = pat@example.org\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n',
  );
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    USER: 'pat',
    LANG: 'C.UTF-8',
    TMPDIR: join(home, 'tmp'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_CONFIG_HOME: join(home, '.config'),
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    NO_COLOR: '1',
  };
}

function filesOf(tasks: number): Record<string, string> {
  const role =
    '---\nrole: developer\ntakes: {type: [feature, bug, chore, docs, test, debt]}\nagent: mine\n---\nDo it.\n';
  const files: Record<string, string> = {
    'rota.yaml': "branch: main\ngate: none\ndisposable: [dist]\nagents:\n  mine: {command: ['true']}\n",
    'roles/developer.md': role,
    '.gitignore': '*.log\ndist/\n',
  };
  for (let n = 0; n < 50; n++) files[`src/module-${n}.txt`] = `module ${n}\n`.repeat(40);
  for (let n = 1; n <= tasks; n++)
    files[fileOf(n)] = `---\nid: A${n}\ntitle: Task number ${n}\nstatus: ready\n---\n- [ ] It is done.\n`;
  return files;
}
