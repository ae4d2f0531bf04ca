import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import type { SharedView } from '../shared-refs.ts';
import { missingMain } from './missing-main.ts';
import { readSeen, type SeenOf, seenAge } from './seen.ts';
import { viewOf } from './shared-names.ts';

/**
 * The shared refs as they were last read, without network and without writing anything. Never read yet: main as the
 * person fetched it, else their own; the age is then Infinity and no task has a record.
 *
 * @throws RotaError `repository` when there is no main at all
 */
export async function lastView(
  system: System,
  repository: Repository,
  address: SeenOf & { readonly name?: string | null },
): Promise<SharedView> {
  const { branch, name = null } = address;
  const local = `refs/heads/${branch}`;
  const fetched = name === null ? [] : [`refs/remotes/${name}/${branch}`];
  const [{ seen, others }, age] = await Promise.all([
    readSeen(system, repository, [...fetched, local]),
    seenAge(system, repository, address),
  ]);
  const view = age === null ? null : viewOf(seen, branch, age);
  if (view !== null) return view;
  const main = [...fetched, local].map((ref) => others.get(ref)).find((oid) => oid !== undefined);
  if (main === undefined) throw await missingMain(system, repository, branch, true);
  return { main, tasks: new Map(), pause: null, age: Number.POSITIVE_INFINITY };
}
