import { commitRefs } from '../../store/refs/local-transaction.ts';
import type { Project } from '../project/project.ts';

/** The commit that a ref or object id names in the repository; null: none. */
export async function commitOf(project: Project, name: string): Promise<string | null> {
  const { system, repository } = project;
  const [found] = await system.git.objects(repository.place, 'info', [`${name}^{commit}`]);
  return found?.oid ?? null;
}

/** Whether `one` is `other` or an ancestor of it. */
export async function isAncestor(project: Project, one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const args = ['merge-base', '--is-ancestor', one, other];
  return (await project.system.git.run(project.repository.place, args, { ok: [0, 1] })).code === 0;
}

/**
 * Moves (or with `from` null makes, with `to` null deletes) one ref by compare-and-swap, in a journalled transaction: a git that
 * dies in it leaves a lock file that is known as rota's. False: it was not at `from`.
 */
export async function moveRef(
  { system, repository }: Project,
  ref: string,
  { from, to, why }: { readonly from: string | null; readonly to: string | null; readonly why: string },
): Promise<boolean> {
  const { kind } = await commitRefs(system, repository, [{ ref, from, to }], { message: why });
  return kind === 'swapped';
}
