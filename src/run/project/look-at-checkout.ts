import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Project } from './project.ts';
import { stampOf } from './stamp-of.ts';

/** A checkout of a person's. */
export interface CheckoutPlace {
  readonly path: string;
  /** Its own git folder: HEAD, index. */
  readonly adminDir: string;
}

/** What is in a checkout that is not on its HEAD. */
export interface CheckoutLook {
  /** Path -> what the index has there, where that is not what HEAD has. */
  readonly staged: ReadonlyMap<string, string>;
  /** Path -> a stamp of what is there, for what is staged, changed, or not known to git, ignored files included. */
  readonly stamps: ReadonlyMap<string, string>;
}

/** More is not looked at: who has that many has no ignore rules, or a large change on the way. */
const MOST_PATHS = 1000;
/** Of a folder that git knows nothing of; in a larger one (dependencies, what a build made) only its list is looked at. */
const MOST_IN_FOLDER = 50;
const MOST_IN_FOLDERS = 300;
/** Milliseconds. */
const LIMIT = 10_000;

/** While something is under way there, every 50 ms. */
const LOOKS = 10;

/**
 * Looks what a person has in a checkout, by stamps: no file is read, and nothing that the repository's config or attributes
 * name can run. Rota's own moves of main, which hold the index, are waited for. Null: there is nothing to look at, or git cannot.
 */
export async function lookAtCheckout(project: Project, place: CheckoutPlace): Promise<CheckoutLook | null> {
  const { clock, files } = project.system;
  const index = join(place.adminDir, 'index');
  const state = async () => [await stampOf(files, index), await stampOf(files, `${index}.lock`)] as const;
  try {
    for (let looks = 1; ; looks++) {
      const [before, lock] = await state();
      const look = lock === 'gone' || looks === LOOKS ? await lookOnce(project, place) : null;
      const after = await state();
      if (look !== null && ((before === after[0] && after[1] === 'gone') || looks === LOOKS)) return look;
      await clock.wait(50);
    }
  } catch (error) {
    if (error instanceof RotaError || (error instanceof Error && 'syscall' in error)) return null;
    throw error;
  }
}

async function lookOnce(project: Project, place: CheckoutPlace): Promise<CheckoutLook> {
  const [staged, listed] = await Promise.all([readStaged(project, place), listDifferent(project, place)]);
  return { staged, stamps: await stampAll(project, place, new Set([...staged.keys(), ...listed])) };
}

async function readStaged(
  { system }: Project,
  { path, adminDir }: CheckoutPlace,
): Promise<Map<string, string>> {
  const place = { kind: 'checkout', gitDir: adminDir, workTree: path } as const;
  const args = [
    'diff-index',
    '--cached',
    '--raw',
    '--no-renames',
    '--no-abbrev',
    '--ignore-submodules=dirty',
  ];
  // Before the first commit there is nothing to compare with.
  const said = await system.git.run(place, [...args, '-z', 'HEAD', '--'], { ok: [0, 128], timeLimit: LIMIT });
  const parts = said.code === 0 ? said.stdout.toString('utf8').split('\0') : [];
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = '', , oid = ''] = parts[at]!.split(' ');
    found.set(parts[at + 1]!, `${mode} ${oid}`);
  }
  return found;
}

/** In a neutral directory: to tell whether a file has changed git would run its filter. */
async function listDifferent(
  { system, neutral }: Project,
  { path, adminDir }: CheckoutPlace,
): Promise<string[]> {
  const args = ['ls-files', '-z', '--deleted', '--modified', '--others', '--directory'];
  const place = neutral.at(path, join(adminDir, 'index'));
  const said = await system.git.run(place, args, { timeLimit: LIMIT });
  return said.stdout
    .toString('utf8')
    .split('\0')
    .filter((one) => one !== '');
}

async function stampAll(
  { system: { files }, worktrees }: Project,
  { path }: CheckoutPlace,
  paths: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const stamps = new Map<string, string>();
  let room = MOST_IN_FOLDERS;
  const stamp = (one: string) => stampOf(files, join(path, one));
  const addFolder = async (folder: string): Promise<void> => {
    if (join(path, folder) === join(worktrees, '/')) return;
    const listed = await files.list(join(path, folder)).catch(() => []);
    const names = listed.map(({ name, kind }) =>
      kind === 'folder' ? `${folder}${name}/` : `${folder}${name}`,
    );
    if (names.length > Math.min(MOST_IN_FOLDER, room)) {
      stamps.set(folder, `folder ${names.toSorted().join('\0')}`);
      return;
    }
    room -= names.length;
    stamps.set(folder, 'folder');
    for (const name of names) {
      if (name.endsWith('/')) await addFolder(name);
      else stamps.set(name, await stamp(name));
    }
  };
  const some = [...paths].toSorted().slice(0, MOST_PATHS);
  const plain = some.filter((one) => !one.endsWith('/'));
  const stamped = await Promise.all(plain.map(stamp));
  plain.forEach((one, at) => void stamps.set(one, stamped[at]!));
  for (const folder of some) if (folder.endsWith('/')) await addFolder(folder);
  // Without it the folder is nobody's checkout.
  stamps.set('.git', await stamp('.git'));
  return stamps;
}
