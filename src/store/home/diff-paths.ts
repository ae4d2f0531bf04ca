import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';

/** What a tree holds at a path. `mode` as git writes it: 100644, 100755, 120000 (link), 160000 (submodule). */
export interface TreeEntry {
  readonly mode: string;
  readonly oid: string;
}

/** One path that differs between two commits; null: not there. */
export interface PathChange {
  readonly path: string;
  readonly old: TreeEntry | null;
  readonly new: TreeEntry | null;
}

export interface PathChanges {
  /** Deletions first, then everything else, so that a folder can become a file and a file a folder. */
  readonly changes: readonly PathChange[];
  /** Sentences about paths that rota cannot write into a checkout: submodules, names that are not UTF-8. */
  readonly unsupported: readonly string[];
}

/** The paths that differ between two commits, without renames and without anybody's diff settings. */
export async function diffPaths(
  system: System,
  repository: Repository,
  old: string,
  next: string,
): Promise<PathChanges> {
  const output = await system.git.run(repository.place, [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--ignore-submodules=none',
    old,
    next,
  ]);
  const changes: PathChange[] = [];
  const unsupported: string[] = [];
  const fields = splitAtNul(output.stdout);
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [oldMode = '', newMode = '', oldOid = '', newOid = ''] = fields[i]!.toString('latin1')
      .slice(1)
      .split(' ');
    const bytes = fields[i + 1]!;
    const path = bytes.toString('utf8');
    const reason = whyUnsupported(path, bytes, [oldMode, newMode]);
    if (reason !== null) unsupported.push(reason);
    changes.push({ path, old: entryOf(oldMode, oldOid), new: entryOf(newMode, newOid) });
  }
  const deletions = changes.filter((change) => change.new === null);
  return { changes: [...deletions, ...changes.filter((change) => change.new !== null)], unsupported };
}

/** Splits output of `-z`; the last, empty field is left out. */
export function splitAtNul(output: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let start = 0;
  for (let end = output.indexOf(0); end !== -1; end = output.indexOf(0, start)) {
    fields.push(output.subarray(start, end));
    start = end + 1;
  }
  return fields;
}

/** Whether a checkout may have this path: relative, inside, and nothing of git's own or of rota's. */
export function isCheckoutPath(path: string): boolean {
  const parts = path.split('/');
  if (path.includes('\0') || parts[0]!.toLowerCase() === '.rota-aside') return false;
  return parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/^\.git$/i.test(part));
}

function entryOf(mode: string, oid: string): TreeEntry | null {
  return mode === '000000' ? null : { mode, oid };
}

function whyUnsupported(path: string, bytes: Buffer, modes: string[]): string | null {
  if (!Buffer.from(path, 'utf8').equals(bytes)) return `the name of ${JSON.stringify(path)} is not UTF-8`;
  if (modes.includes('160000')) return `${path} is a submodule, which rota cannot bring along`;
  if (!isCheckoutPath(path)) return `${JSON.stringify(path)} is not a path that a checkout may have`;
  return null;
}
