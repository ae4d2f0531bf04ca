import { splitAtNul } from '../../store/home/diff-paths.ts';
import type { Project } from '../project/project.ts';

/** One path that differs between two trees, as `rota rescue` prints it. */
export interface FileDifference {
  readonly path: string;
  readonly change: 'added' | 'changed' | 'deleted';
  /** As git writes it: 100644, 100755, 120000 (link), 160000 (submodule); of what is deleted, what it was. */
  readonly mode: string;
  /** Size of the new content; null: deleted, or a submodule. */
  readonly bytes: number | null;
  /** Lines; null: binary. */
  readonly insertions: number | null;
  readonly deletions: number | null;
}

/**
 * What `to` has that `from` has not, path by path. Nobody's attributes, drivers or diff settings take part.
 *
 * @param from a commit or tree; null: nothing
 * @throws RotaError `git` when an object is missing
 */
export async function treeDifference(
  project: Project,
  from: string | null,
  to: string,
): Promise<FileDifference[]> {
  const { system, neutral } = project;
  const { stdout } = await system.git.run(neutral.place, [
    ...['diff-tree', '-r', '-z', '--raw', '--numstat', '--no-abbrev', '--no-renames'],
    ...['--no-ext-diff', '--no-textconv', '--ignore-submodules=none'],
    ...[from ?? (await emptyTree(project)), to],
  ]);
  const fields = splitAtNul(stdout);
  const found: { path: string; status: string; mode: string; oid: string }[] = [];
  let at = 0;
  for (; fields[at]?.[0] === 0x3a; at += 2) {
    const [oldMode = '', mode = '', , oid = '', status = ''] = fields[at]!.toString('latin1')
      .slice(1)
      .split(' ');
    const path = fields[at + 1]?.toString('utf8') ?? '';
    found.push({ path, status, mode: status === 'D' ? oldMode : mode, oid });
  }
  const counts = new Map(fields.slice(at).map(readCount));
  const sizes = await readSizes(
    project,
    found.filter(({ status, mode }) => status !== 'D' && mode !== SUBMODULE).map(({ oid }) => oid),
  );
  return found.map(({ path, status, mode, oid }) => ({
    ...{ path, mode, bytes: status === 'D' ? null : (sizes.get(oid) ?? null) },
    change: status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'changed',
    ...(counts.get(path) ?? { insertions: null, deletions: null }),
  }));
}

const SUBMODULE = '160000';

function readCount(field: Buffer): [string, { insertions: number | null; deletions: number | null }] {
  const [added = '', deleted = '', ...path] = field.toString('utf8').split('\t');
  const number = (text: string) => (/^\d+$/.test(text) ? Number(text) : null);
  return [path.join('\t'), { insertions: number(added), deletions: number(deleted) }];
}

async function readSizes(
  { system, repository }: Project,
  oids: readonly string[],
): Promise<Map<string, number>> {
  const objects = await system.git.objects(repository.place, 'info', [...new Set(oids)]);
  return new Map(
    objects.flatMap((object): [string, number][] =>
      object?.type === 'blob' ? [[object.oid, object.size]] : [],
    ),
  );
}

/** Its id depends on the object format. */
function emptyTree({ system, neutral }: Project): Promise<string> {
  return system.git.text(neutral.place, ['hash-object', '-t', 'tree', '--stdin'], { input: '' });
}
