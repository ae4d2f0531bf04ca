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

/** What is in a checkout that is not as in its index. */
export interface CheckoutLook {
  /** Path -> a stamp of what is there, for what is changed or not known to git, ignored files included. */
  readonly stamps: ReadonlyMap<string, string>;
  /** Stamp of the index that this was compared with. */
  readonly index: string;
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
  const path = join(place.adminDir, 'index');
  const state = () => Promise.all([stampOf(files, path), stampOf(files, `${path}.lock`)]);
  try {
    for (let looks = 1; ; looks++) {
      const [index, lock] = await state();
      const last = looks === LOOKS;
      const stamps = lock === 'gone' || last ? await stampsIn(project, place) : null;
      const after = await state();
      if (stamps !== null && ((index === after[0] && after[1] === 'gone') || last)) return { stamps, index };
      await clock.wait(50);
    }
  } catch (error) {
    if (error instanceof RotaError || (error instanceof Error && 'syscall' in error)) return null;
    throw error;
  }
}

async function stampsIn(project: Project, place: CheckoutPlace): Promise<Map<string, string>> {
  return stampAll(project, place, await listDifferent(project, place));
}

/** In a neutral directory: to tell whether a file has changed git would run its filter. */
async function listDifferent(
  { system, neutral }: Project,
  { path, adminDir }: CheckoutPlace,
): Promise<Set<string>> {
  const args = ['ls-files', '-z', '--modified', '--others', '--directory'];
  const place = neutral.at(path, join(adminDir, 'index'));
  const said = await system.git.run(place, args, { timeLimit: LIMIT });
  const paths = said.stdout.toString('utf8').split('\0');
  return new Set(paths.filter((one) => one !== ''));
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
    const names = listed.map(({ name, kind }) => `${folder}${name}${kind === 'folder' ? '/' : ''}`);
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
  for (const [at, one] of plain.entries()) stamps.set(one, stamped[at]!);
  for (const folder of some) if (folder.endsWith('/')) await addFolder(folder);
  // Without it the folder is nobody's checkout.
  stamps.set('.git', await stamp('.git'));
  return stamps;
}
