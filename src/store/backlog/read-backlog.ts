import type { System } from '../../system/ports.ts';
import { idFromFileName } from '../../task/id.ts';
import type { ParsedFile } from '../../task/task.ts';
import type { Repository } from '../repository.ts';
import { assembleBacklog } from './assemble-backlog.ts';
import type { Backlog } from './backlog.ts';
import type { BacklogCache, CachedFiles } from './backlog-cache.ts';
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
  const [entries, cached] = await Promise.all([
    listTree(system, repository.place, commit, { paths: ['backlog'], recursive: true }),
    cache === null ? null : cache.read(),
  ]);
  const files: ParsedFile[] = [];
  const missing: { readonly index: number; readonly entry: TreeEntry }[] = [];
  for (const entry of entries) {
    const found = oddity(entry) ?? (isMarkdown(entry) ? (known(cached, entry) ?? 'missing') : null);
    if (found === 'missing') missing.push({ index: files.length, entry });
    if (found !== null) files.push(found === 'missing' ? { kind: 'not-a-task', file: entry.path } : found);
  }
  await parseMissing(system, repository, files, missing);
  if (cache !== null && (missing.length > 0 || cached === null)) await cache.write(toCache(entries, files));
  return assembleBacklog(commit, files);
}

async function parseMissing(
  system: System,
  repository: Repository,
  files: ParsedFile[],
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
  missing.forEach(({ index, entry: { path } }, at) => {
    const bytes = texts[at];
    files[index] = bytes
      ? parseTaskFile(path, bytes)
      : malformed(path, 'missing-object', 'its content is not in the repository; is this a partial clone?');
  });
}

function isMarkdown({ path }: TreeEntry): boolean {
  return path.endsWith('.md');
}

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

function known(cached: CachedFiles | null, { path, oid }: TreeEntry): ParsedFile | null {
  const entry = cached?.get(path);
  return entry !== undefined && entry.oid === oid ? entry.parsed : null;
}

function toCache(entries: readonly TreeEntry[], files: readonly ParsedFile[]): CachedFiles {
  const plain = new Map(
    entries
      .filter((entry) => isMarkdown(entry) && oddity(entry) === null)
      .map(({ path, oid }) => [path, oid]),
  );
  const cached = new Map<string, { oid: string; parsed: ParsedFile }>();
  for (const parsed of files) {
    const path = parsed.kind === 'task' ? parsed.task.file : parsed.file;
    const oid = plain.get(path);
    if (oid !== undefined) cached.set(path, { oid, parsed });
  }
  return cached;
}
