import type { System } from '../../system/ports.ts';
import { idFromFileName } from '../../task/id.ts';
import type { ParsedFile } from '../../task/task.ts';
import type { Repository } from '../repository.ts';
import { assembleBacklog } from './assemble-backlog.ts';
import type { Backlog } from './backlog.ts';
import type { BacklogCache } from './backlog-cache.ts';
import type { CachedFile } from './cache-text.ts';
import { listTree, type TreeEntry } from './list-tree.ts';
import { readObjects } from './read-objects.ts';

/**
 * Reads every markdown file below `backlog/` at a commit, by object id: no checkout takes part. A file that was parsed before is taken from the
 * cache; pass null to parse everything anew.
 *
 * @throws RotaError `git` when the commit is not there
 */
export async function readBacklog(
  system: System,
  repository: Repository,
  commit: string,
  cache: BacklogCache | null,
): Promise<Backlog> {
  const [tree, cached] =
    cache === null ? [null, null] : await Promise.all([treeOf(system, repository, commit), cache.read()]);
  if (cached !== null && cached.tree === tree) {
    return assembleBacklog(
      commit,
      cached.files.map(({ parsed }) => parsed),
    );
  }
  const entries = await listTree(system, repository.place, commit, { names: ['backlog'], recursive: true });
  const parsedBefore = new Map(cached?.files.map((file) => [file.path, file]));
  const files: CachedFile[] = [];
  const missing: { readonly index: number; readonly entry: TreeEntry }[] = [];
  for (const entry of entries) {
    const { path, oid } = entry;
    const odd = oddity(entry);
    const before = parsedBefore.get(path);
    if (odd !== null) files.push({ path, oid: '', parsed: odd });
    else if (!path.endsWith('.md')) continue;
    else if (before?.oid === oid) files.push(before);
    else
      missing.push({
        index: files.push({ path, oid, parsed: { kind: 'not-a-task', file: path } }) - 1,
        entry,
      });
  }
  await parseMissing(system, repository, files, missing);
  if (cache !== null && tree !== null) await cache.write({ tree, files });
  return assembleBacklog(
    commit,
    files.map(({ parsed }) => parsed),
  );
}

/** Object id of the `backlog` folder; null when there is none. */
async function treeOf(system: System, repository: Repository, commit: string): Promise<string | null> {
  const [found] = await system.git.objects(repository.place, 'info', [`${commit}:backlog`]);
  return found?.oid ?? null;
}

async function parseMissing(
  system: System,
  repository: Repository,
  files: CachedFile[],
  missing: readonly { readonly index: number; readonly entry: TreeEntry }[],
): Promise<void> {
  if (missing.length === 0) return;
  const [{ parseTaskFile }, texts] = await Promise.all([
    // Loaded only when there is something to parse: a reader of YAML takes longer to start than git.
    import('../../task/parse.ts'),
    readObjects(
      system,
      repository.place,
      missing.map(({ entry }) => entry.oid),
    ),
  ]);
  missing.forEach(({ index, entry: { path, oid } }, at) => {
    const bytes = texts[at];
    const parsed = bytes ? parseTaskFile(path, bytes) : malformed(path, 'missing-object', MISSING);
    files[index] = { path, oid, parsed };
  });
}

const MISSING = 'its content is not in the repository; is this a partial clone?';

/** What is no plain file, or not where tasks can be. Never followed, always named. */
function oddity({ mode, path, legible }: TreeEntry): ParsedFile | null {
  if (mode === '160000')
    return malformed(
      path,
      'submodule',
      'a submodule is not read; expected task files in this repository itself',
    );
  if (path === 'backlog')
    return malformed(path, 'not-a-folder', '`backlog` is not a folder; expected a folder with task files');
  if (!path.endsWith('.md')) return null;
  if (mode === '120000')
    return malformed(
      path,
      'symlink',
      'a symbolic link is not followed; expected a file with the task itself',
    );
  return legible ? null : malformed(path, 'file-name', 'the file name is not UTF-8');
}

function malformed(file: string, rule: string, message: string): ParsedFile {
  return { kind: 'malformed', file, id: idFromFileName(file), problems: [{ file, line: 1, rule, message }] };
}
