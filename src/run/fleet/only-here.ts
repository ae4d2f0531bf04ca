import type { Project } from '../project/project.ts';
import { readRescueRefs } from '../rescue/rescue-refs.ts';
import { listWorktrees } from '../worktree/list-worktrees.ts';

/**
 * What would be lost with this clone, in words: branches of rota's that the remote does not have like this, what was rescued,
 * worktrees that were kept. Empty: everything is on the remote.
 */
export async function onlyHere(project: Project): Promise<string[]> {
  const { system, repository, branches } = project;
  const local = await system.git.text(repository.place, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    'refs/heads/ai/',
  ]);
  const known = (await branches?.list('refs/heads/ai/')) ?? null;
  const unpushed = local
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const)
    .filter(([tip, ref]) => known?.get(ref) !== tip)
    .map(([, ref]) => `branch ${ref.slice('refs/heads/'.length)}`);
  const rescued = (await readRescueRefs(project)).map(({ ref }) => ref);
  const kept = (await listWorktrees(system, repository))
    .filter(({ path, adminDir }) => path !== null && adminDir !== repository.gitDir)
    .map(({ path }) => `worktree ${path}`);
  return [...unpushed, ...rescued, ...kept];
}
