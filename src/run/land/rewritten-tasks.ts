import type { BranchChange } from '../../plan/branch-changes.ts';
import { readFilesAt } from '../../store/backlog/read-text.ts';
import { contentHash } from '../../task/content-hash.ts';
import { parseTaskFile } from '../../task/parse.ts';
import type { Task, TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
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
  { main, commit }: Candidate,
  changes: readonly BranchChange[],
  own: Pick<Task, 'key' | 'file'>,
): Promise<RewrittenTask[]> {
  const touched = changes.flatMap(({ path, from }) => (from === null ? [path] : [from, path]));
  const paths = touched.filter(
    (path) => path.startsWith('backlog/') && path.endsWith('.md') && path !== own.file,
  );
  if (paths.length === 0) return [];
  const [before, after] = await Promise.all([
    readHashes(project, main, paths),
    readHashes(project, commit, paths),
  ]);
  return [...after].flatMap(([key, now]) => {
    const was = before.get(key);
    return key === own.key || was === undefined || was === now ? [] : [{ key, was, now }];
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
