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

/** Moves (or with `from` null makes, with `to` null deletes) one ref by compare-and-swap. False: it was not at `from`. */
export async function moveRef(
  project: Project,
  ref: string,
  change: { readonly from: string | null; readonly to: string | null; readonly why: string },
): Promise<boolean> {
  const { git } = project.system;
  const { place, objectFormat } = project.repository;
  const none = '0'.repeat(objectFormat === 'sha256' ? 64 : 40);
  const args =
    change.to === null
      ? ['update-ref', '--no-deref', '-m', change.why, '-d', ref, change.from ?? none]
      : ['update-ref', '--no-deref', '-m', change.why, ref, change.to, change.from ?? none];
  const answer = await git.run(place, args, { ok: [0, 1, 128] });
  if (answer.code === 0) return true;
  if ((await commitOf(project, ref)) !== change.from) return false;
  // Not a lost race: let the failure speak (a lock file left by a dead git, a full disk).
  await git.run(place, args);
  return true;
}
