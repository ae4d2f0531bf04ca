import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { IsolationRules } from '../../../src/config.ts';
import type { SentEvent } from '../../../src/events.ts';
import { openRunFolder, type RunFolder } from '../../../src/run/project/run-folder.ts';
import { bwrapWorkplace } from '../../../src/run/workplace/bwrap-workplace.ts';
import type { Workplace, WorkplaceWish } from '../../../src/run/workplace/workplace.ts';
import type { Worktree } from '../../../src/run/worktree/worktree.ts';
import { isThere } from '../../support/is-there.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { BRANCH, FILES, projectOf, type TestProject } from '../worktree/open-test-project.ts';

/** Debian: `apt install bubblewrap`. */
export const HAS_BWRAP = isThere('bwrap', '--ro-bind', '/', '/', '--unshare-pid', 'true');
export const OPEN: IsolationRules = { network: 'all', read: [], image: null };

export interface BwrapScene extends TestProject {
  readonly worktree: Worktree;
  readonly folder: RunFolder;
  readonly place: Workplace;
  readonly home: string;
  /** A shell script in the worktree, as the agent; its output, stderr with it. */
  inside(script: string): Promise<{ code: number | null; out: string }>;
  /** Rescue refs of the task, as commits. */
  rescues(): string[];
  notices(): string[];
}

interface Wish {
  readonly rules?: Partial<IsolationRules>;
  readonly login?: readonly string[];
  /** Files below HOME that are there before; `#!` makes a program. */
  readonly inHome?: Readonly<Record<string, string>>;
  readonly repo?: TestRepo;
  /** Before the workplace is opened. */
  readonly before?: (repo: TestRepo, home: string) => void;
}

/** A run's worktree whose agent is in bubblewrap, entered already. */
export async function bwrapScene(wish: Wish = {}): Promise<BwrapScene> {
  const repo = wish.repo ?? sandbox().repo('repo', FILES);
  const home = repo.sandbox.env['HOME']!;
  for (const [path, text] of Object.entries(wish.inHome ?? {})) put(join(home, path), text);
  wish.before?.(repo, home);
  const test = await projectOf(repo);
  onTestFinished(() => test.project.close());
  const { system, repository } = test.project;
  const worktree = await test.make();
  const about = { run: 'RUN1', role: 'developer', task: 'A1', branch: BRANCH };
  const folder = await openRunFolder(system, repository, about);
  const place = await bwrapWorkplace({
    ...{ project: test.project, run: 'RUN1', branch: BRANCH, worktree, folder },
    role: { name: 'developer', isolation: 'bwrap' },
    agent: { login: wish.login ?? [] },
    config: { isolation: { ...OPEN, ...wish.rules } },
  } as unknown as WorkplaceWish);
  writeFileSync(folder.file('prompt.md'), 'Do it.\n');
  await place.enter();
  const { PATH = '', HOME = '' } = repo.sandbox.env;
  return {
    ...test,
    ...{ worktree, folder, place, home },
    inside: async (script) => {
      const env = { PATH, HOME, LANG: 'C.UTF-8', ROTA_RUN: 'RUN1', ROTA_RESULT: place.resultFile };
      const start = place.wrap({ argv: ['sh', '-c', `exec 2>&1\n${script}`], cwd: place.folder, env });
      const { code, stdout, stderr } = await system.processes.run({ ...start, timeLimit: 60_000 });
      return { code, out: `${stdout.toString('utf8')}${stderr}` };
    },
    rescues: () =>
      repo
        .git('for-each-ref', '--format=%(objectname)', 'refs/rota/rescue/A1/')
        .split('\n')
        .filter((line) => line !== ''),
    notices: () => noticesOf(test.events),
  };
}

export function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (text.startsWith('#!')) chmodSync(path, 0o755);
}

export function textOf(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function noticesOf(events: readonly SentEvent[]): string[] {
  return events.flatMap(({ event }) => (event.type === 'notice' ? [event.message] : []));
}
