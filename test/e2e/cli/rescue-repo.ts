import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sandbox, type TestRepo } from '../../support/repo.ts';

/** Below it are all refs of rescues. */
export const RESCUES = 'refs/rota/rescue/';

/** Everything in the repository and its checkout that a command could have changed. */
export function traceOf(repo: TestRepo): string {
  const own = repo.exists('.git/rota') ? readdirSync(join(repo.root, '.git/rota')).sort().join() : '';
  return [repo.git('for-each-ref'), repo.git('status', '--porcelain', '--ignored'), own].join('\n');
}

/** Puts what is in a folder on a rescue ref, as a commit on top of main. */
export function keep(repo: TestRepo, name: string, make: (folder: string) => void, message?: string): string {
  const folder = join(repo.sandbox.folder, `made-${name.replaceAll('/', '-')}`);
  repo.git('worktree', 'add', '-q', '--detach', folder, 'main');
  make(folder);
  const git = (...args: string[]) => repo.git('-C', folder, ...args);
  git('add', '-A', '-f');
  const tree = git('write-tree');
  const text = message ?? `rescue: what was left in the worktree of ${name.split('/')[0]}`;
  const commit = repo.git('commit-tree', tree, '-p', 'main', '-m', text);
  repo.git('worktree', 'remove', '--force', folder);
  repo.git('update-ref', `${RESCUES}${name}`, commit);
  return commit;
}

/** A repository with one role and no tasks. */
export function rescueRepo(files: Record<string, string> = {}): TestRepo {
  return sandbox().repo('project', {
    'README.md': '# hello\n',
    'rota.yaml': 'gate: none\nagents: {mine: {command: ["true"], prompt: stdin}}\n',
    'roles/developer.md': '---\nrole: developer\ntakes: {type: [feature]}\nagent: mine\n---\nDo it.\n',
    ...files,
  });
}
