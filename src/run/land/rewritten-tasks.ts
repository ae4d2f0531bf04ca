import { readFilesAt } from '../../store/backlog/read-text.ts';
import { contentHash } from '../../task/content-hash.ts';
import { parseTaskFile } from '../../task/parse.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import type { Candidate } from './candidate.ts';

/** Another task whose file a landing changes, with the hashes that its record may know it by. */
export interface RewrittenTask {
  readonly key: TaskKey;
  /** Content hash of its file on main. */
  readonly was: string;
  /** Content hash of its file as it lands. */
  readonly now: string;
}

/** The tasks beside its own that a candidate changes in what a person decides (a role with `may-set` may do that). */
export async function readRewrittenTasks(
  project: Project,
  { backlog }: Pick<Snapshot, 'backlog'>,
  { main, commit }: Candidate,
  own: TaskKey,
): Promise<RewrittenTask[]> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', main, commit, '--', 'backlog'];
  const listed = await project.system.git.text(project.neutral.place, args);
  const file = backlog.byKey.get(own)?.file;
  const paths = listed.split('\0').filter((path) => path.endsWith('.md') && path !== file);
  if (paths.length === 0) return [];
  const [before, after] = await Promise.all([
    readHashes(project, main, paths),
    readHashes(project, commit, paths),
  ]);
  return [...after].flatMap(([key, now]) => {
    const was = before.get(key);
    return key === own || was === undefined || was === now ? [] : [{ key, was, now }];
  });
}

/** By id, not by path: a file that was renamed is the same task. */
async function readHashes(
  { system, repository }: Project,
  commit: string,
  paths: readonly string[],
): Promise<Map<TaskKey, string>> {
  const hashes = new Map<TaskKey, string>();
  for (const [path, bytes] of await readFilesAt(system, repository, commit, paths)) {
    const parsed = parseTaskFile(path, bytes);
    if (parsed.kind === 'task') hashes.set(parsed.task.key, contentHash(bytes.toString('utf8')));
  }
  return hashes;
}
