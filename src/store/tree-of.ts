import { RotaError } from '../errors.ts';
import type { System } from '../system/ports.ts';
import type { Repository } from './repository.ts';

/** Object id of a commit's tree. @throws RotaError `git` when there is no such commit */
export async function treeOf(
  { system, repository }: { readonly system: System; readonly repository: Repository },
  commit: string,
): Promise<string> {
  const [tree] = await system.git.objects(repository.place, 'info', [`${commit}^{tree}`]);
  if (!tree) throw new RotaError('git', `The commit ${commit} is not in the repository, or is damaged.`);
  return tree.oid;
}
