import type { Project } from '../project/project.ts';

/** Branches of rota's that the remote does not have as they are here; all of them when it does not answer. */
export async function unpushedBranches({
  system,
  repository,
  branches,
}: Project): Promise<{ readonly branch: string; readonly tip: string }[]> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/ai/'];
  const local = (await system.git.text(repository.place, args)).split('\n').filter((line) => line !== '');
  if (local.length === 0) return [];
  const known = (await branches?.list('refs/heads/ai/')) ?? null;
  return local
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const)
    .filter(([tip, ref]) => known?.get(ref) !== tip)
    .map(([tip, ref]) => ({ tip, branch: ref.slice('refs/heads/'.length) }));
}
