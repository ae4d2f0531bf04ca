import { RotaError } from '../errors.ts';
import type { GitPlace, System } from '../system/ports.ts';

/** Object id of a commit's tree. @throws RotaError `git` when there is no such commit */
export async function treeOf(system: System, place: GitPlace, commit: string): Promise<string> {
  const [tree] = await system.git.objects(place, 'info', [`${commit}^{tree}`]);
  if (!tree) throw new RotaError('git', `The commit ${commit} is not in the repository, or is damaged.`);
  return tree.oid;
}
