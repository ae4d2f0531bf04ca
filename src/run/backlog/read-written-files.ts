import { join } from 'node:path';
import { listTree, type TreeEntry } from '../../store/backlog/list-tree.ts';
import { readObjects } from '../../store/backlog/read-objects.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import type { WrittenFiles } from './check-files.ts';
import { type CheckoutFile, readCheckoutFiles } from './checkout-files.ts';
import { readSparseFiles } from './sparse-files.ts';

const FOLDERS = ['roles', 'backlog'] as const;

/** rota.yaml, roles/*.md and backlog/ as they are in a checkout now; what a sparse checkout leaves out, as committed. */
export async function readWrittenFiles(
  system: System,
  repository: Repository,
  root: string,
): Promise<WrittenFiles> {
  const [config, found, sparse] = await Promise.all([
    system.files.readIfThere(join(root, 'rota.yaml')),
    Promise.all(FOLDERS.map((folder) => readCheckoutFiles(system.files, root, folder))),
    readSparse(system, repository, root),
  ]);
  const files = [...found.flat(), ...sparse];
  return {
    config: config ?? sparse.find(({ file }) => file === 'rota.yaml')?.bytes ?? undefined,
    roles: new Map(files.filter(({ file }) => isRole(file)).map(({ file, bytes }) => [file, bytes])),
    backlog: new Map(files.filter(({ file }) => isBacklog(file)).map(({ file, bytes }) => [file, bytes])),
  };
}

async function readSparse(system: System, { place }: Repository, root: string): Promise<CheckoutFile[]> {
  const oids = await readSparseFiles(system, root, ['rota.yaml', ...FOLDERS]);
  const texts = await readObjects(system, place, [...oids.values()]);
  return [...oids.keys()].map((file, at) => ({ file, bytes: texts[at] ?? null }));
}

/** The same at a commit. */
export async function readWrittenFilesAt(
  system: System,
  repository: Repository,
  commit: string,
): Promise<WrittenFiles> {
  const question = { names: ['rota.yaml', ...FOLDERS], recursive: true };
  const entries = await listTree(system, repository.place, commit, question);
  const wanted = entries.filter(({ path }) => path === 'rota.yaml' || isRole(path) || isBacklog(path));
  const plain = wanted.filter(isPlain);
  const texts = await readObjects(
    system,
    repository.place,
    plain.map(({ oid }) => oid),
  );
  const bytes = new Map(plain.map(({ path }, at) => [path, texts[at] ?? null]));
  const some = (test: (file: string) => boolean) =>
    new Map(wanted.filter(({ path }) => test(path)).map(({ path }) => [path, bytes.get(path) ?? null]));
  return {
    config: some((file) => file === 'rota.yaml').get('rota.yaml'),
    roles: some(isRole),
    backlog: some(isBacklog),
  };
}

/** An entry with the name of one of the folders is a file in its place. */
function isPlain({ mode, legible, path }: TreeEntry): boolean {
  return legible && mode.startsWith('100') && !FOLDERS.some((folder) => folder === path);
}

/** Roles are the files right in roles/; a README there is for people. */
function isRole(file: string): boolean {
  return file === 'roles' || (/^roles\/[^/]+\.md$/.test(file) && !/^roles\/readme\.md$/i.test(file));
}

function isBacklog(file: string): boolean {
  return file === 'backlog' || (file.startsWith('backlog/') && file.endsWith('.md'));
}
