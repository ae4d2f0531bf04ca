import type { Sandbox, TestRepo } from '../../support/repo.ts';

const CONFIG = 'gate: none\nagents:\n  mine: {command: ["true"], prompt: stdin}\n';
const DEVELOPER = '---\nrole: developer\ntakes: {type: [feature, bug, chore]}\nagent: mine\n---\nDo it.\n';

/** A repository with a config, one role, and these task files: name -> front-matter, or a whole file if it begins with `---`. */
export async function backlogRepo(box: Sandbox, tasks: Record<string, string>): Promise<TestRepo> {
  const repo = box.repo('repo');
  const files = Object.entries(tasks).map(([name, text]) => [
    `backlog/${name}`,
    text.startsWith('---') ? text : `---\n${text}---\nWhat and why.\n`,
  ]);
  repo.commit('chore: set up', {
    'rota.yaml': CONFIG,
    'roles/developer.md': DEVELOPER,
    ...Object.fromEntries(files),
  });
  return repo;
}

/** Everything that a command could have changed: refs, worktree, index, and rota's own folder. */
export function traceOf(repo: TestRepo): string {
  const refs = repo.git('for-each-ref');
  const status = repo.git('status', '--porcelain', '--ignored');
  const own = repo.exists('.git/rota') ? 'rota folder' : 'no rota folder';
  return [refs, status, own, repo.git('config', '--list', '--local')].join('\n');
}
