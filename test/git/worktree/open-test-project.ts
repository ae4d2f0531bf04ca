import { join } from 'node:path';
import type { SentEvent } from '../../../src/events.ts';
import { openProject } from '../../../src/run/project/open-project.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { makeWorktree } from '../../../src/run/worktree/make-worktree.ts';
import type { Worktree } from '../../../src/run/worktree/worktree.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';

export const CONFIG = "branch: main\ngate: none\nagents:\n  mine: {command: ['true']}\n";
export const ROLE =
  '---\nrole: developer\ntakes: {type: [feature, bug, chore, docs, test, debt]}\nagent: mine\n---\nDo it.\n';
const TASK = '---\nid: A1\ntitle: List things\nstatus: ready\n---\nDo it.\n';

export const FILES: Record<string, string> = {
  'rota.yaml': CONFIG,
  'roles/developer.md': ROLE,
  'backlog/A1-list-things.md': TASK,
  'src/a.txt': 'a\n',
  'src/b.txt': 'b\n',
  '.gitignore': '*.log\ncache/\ndist/\n',
};

export interface TestProject {
  readonly repo: TestRepo;
  readonly project: Project;
  readonly events: SentEvent[];
  readonly main: () => string;
  /** A worktree of a run on the branch of A1. */
  readonly make: (run?: string) => Promise<Worktree>;
  /** Git in a worktree, as an agent or person would. */
  readonly gitIn: (path: string, ...args: string[]) => string;
}

export const BRANCH = 'ai/developer/A1-list-things';

/** A repository with one ready task, opened as a project. */
export async function openTestProject(files: Record<string, string> = FILES): Promise<TestProject> {
  const box = sandbox();
  const repo = box.repo('repo', files);
  return projectOf(repo);
}

export async function projectOf(repo: TestRepo): Promise<TestProject> {
  const events: SentEvent[] = [];
  const project = await openProject(repo.sandbox.system(), repo.root, (event) => events.push(event), 'write');
  const main = () => repo.git('rev-parse', 'main');
  return {
    repo,
    project,
    events,
    main,
    make: (run = 'RUN1') =>
      makeWorktree(project, {
        run,
        branch: BRANCH,
        path: join(project.worktrees, BRANCH),
        tip: main(),
        reason: 'rota: test',
      }),
    gitIn: (path, ...args) => repo.git('-C', path, ...args),
  };
}
