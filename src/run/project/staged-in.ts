import { basename, join } from 'node:path';
import type { CheckoutPlace } from './look-at-checkout.ts';
import type { Project } from './project.ts';

/** A copy of a checkout's index, to be looked into if the index has changed since. */
export interface KeptIndex {
  /** Null: there is none. */
  readonly copy: string | null;
  /** The commit of HEAD; null before the first one. */
  readonly head: string | null;
}

/** Milliseconds. */
const LIMIT = 10_000;

/** Copies the index into rota's own folder of this process, where it is gone with the process. */
export async function keepIndex(project: Project, { adminDir }: CheckoutPlace): Promise<KeptIndex> {
  const { files, random } = project.system;
  const copy = join(project.neutral.folder, `index-${random.id()}`);
  const [copied, head] = await Promise.all([
    files.copyFile(join(adminDir, 'index'), copy).then(
      () => true,
      () => false,
    ),
    headOf(project, adminDir),
  ]);
  return { copy: copied ? copy : null, head };
}

/** Paths of which something else is staged than before, with a word about it. What was committed as it was staged is left out. */
export async function compareStaged(
  project: Project,
  { adminDir }: CheckoutPlace,
  before: KeptIndex,
): Promise<Map<string, string>> {
  const head = await headOf(project, adminDir);
  const [was, is] = await Promise.all([
    stagedIn(project, before.copy, before.head),
    stagedIn(project, join(adminDir, 'index'), head),
  ]);
  const found = new Map<string, string>();
  for (const [path, what] of is) if (was.get(path) !== what) found.set(path, 'staged');
  for (const [path, what] of was) {
    if (is.has(path)) continue;
    const [now] = await project.system.git.objects(project.repository.place, 'info', [`${head}:${path}`]);
    if (!what.endsWith(` ${now?.oid ?? NOTHING}`)) found.set(path, 'not staged any more');
  }
  return found;
}

/** As git writes that a path is not there. */
const NOTHING = '0';

async function headOf({ system, repository }: Project, adminDir: string): Promise<string | null> {
  const name = adminDir === repository.gitDir ? 'HEAD' : `worktrees/${basename(adminDir)}/HEAD`;
  const [found] = await system.git.objects(repository.place, 'info', [`${name}^{commit}`]);
  return found?.oid ?? null;
}

/** Path -> what the index has there, where that is not what the commit has. */
async function stagedIn(
  { system, neutral, repository }: Project,
  index: string | null,
  head: string | null,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (index === null || head === null) return found;
  const place = neutral.at(repository.gitDir, index);
  const args = ['diff-index', '--cached', '--raw', '--no-renames', '--no-abbrev', '-z', head, '--'];
  const { stdout } = await system.git.run(place, args, { timeLimit: LIMIT });
  const parts = stdout.toString('utf8').split('\0');
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = '', , oid = ''] = parts[at]!.split(' ');
    found.set(parts[at + 1]!, `${mode} ${/^0+$/.test(oid) ? NOTHING : oid}`);
  }
  return found;
}
