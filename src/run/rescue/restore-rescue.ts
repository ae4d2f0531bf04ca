import { basename, dirname, join, resolve, sep } from 'node:path';
import { RotaError } from '../../errors.ts';
import { escapesRepository } from '../../plan/link-target.ts';
import { readObjects } from '../../store/backlog/read-objects.ts';
import { listCheckouts } from '../../store/home/checkouts.ts';
import { splitAtNul } from '../../store/home/diff-paths.ts';
import { plainText } from '../../task/text.ts';
import type { Project } from '../project/project.ts';
import { moveRef } from '../worktree/ancestry.ts';

/** What a restored folder has in it. */
export interface RestoredFolder {
  readonly folder: string;
  readonly files: number;
  /** Symbolic links that lead out of the folder, as they were; nothing was written through them. */
  readonly links: readonly string[];
}

/**
 * Makes a new branch at a commit that was rescued. Nothing is checked out.
 *
 * @throws RotaError `usage` when the name is no branch's, or taken
 */
export async function restoreToBranch(project: Project, commit: string, name: string): Promise<string> {
  const { system, repository } = project;
  const ref = `refs/heads/${name}`;
  const valid = await system.git.run(repository.place, ['check-ref-format', ref], { ok: [0, 1] });
  const shown = plainText(name).slice(0, 80);
  if (valid.code !== 0 || name.startsWith('-') || name === 'HEAD')
    throw new RotaError('usage', `'${shown}' cannot be the name of a branch.`, 'Name another one.');
  const args = ['for-each-ref', '--format=%(refname)', 'refs/heads/'];
  const taken = (await system.git.text(repository.place, args))
    .split('\n')
    .find((other) => other === ref || other.startsWith(`${ref}/`) || ref.startsWith(`${other}/`));
  const made =
    taken === undefined || taken === ''
      ? await moveRef(project, ref, { from: null, to: commit, why: 'rota: rescue restored' })
      : false;
  if (made) return name;
  const what = taken === undefined || taken === ref ? 'There is a branch' : 'In the way is the branch';
  throw new RotaError(
    'usage',
    `${what} ${plainText((taken ?? ref).slice('refs/heads/'.length))} already; nothing was changed.`,
    'Name another one: --branch <name>',
  );
}

/**
 * Puts the whole tree of a rescued commit into a new folder, with its modes, through the neutral directory: no filter or hook of
 * anybody runs, and links stay links. The folder appears complete, or not at all.
 *
 * @param to absolute
 * @throws RotaError `usage` when there is something, or no folder for it, or it would be inside a checkout of this repository
 */
export async function restoreToFolder(project: Project, commit: string, to: string): Promise<RestoredFolder> {
  const { system, neutral } = project;
  const { files } = system;
  const folder = await placeFor(project, to);
  const beside = join(dirname(folder), `.${basename(folder)}.${system.random.id()}.new`);
  const index = join(neutral.folder, `index-${system.random.id()}`);
  await files.makeFolder(beside);
  try {
    const place = neutral.at(beside, index);
    await system.git.run(place, ['read-tree', commit]);
    await system.git.run(place, ['checkout-index', '--all', '--quiet']);
    // Onto a folder that has something in it, or a file, this fails: nothing is ever written over.
    await files.rename(beside, folder);
  } catch (error) {
    await files.removeTree(beside);
    if (isThere(error)) throw taken(folder);
    throw error;
  } finally {
    await files.removeTree(index);
  }
  return { folder, ...(await describe(project, commit)) };
}

async function placeFor(project: Project, to: string): Promise<string> {
  const { files } = project.system;
  const above = dirname(resolve(to));
  const real = await files.realPath(above).catch(() => null);
  if (real === null || (await files.facts(real))?.kind !== 'folder')
    throw new RotaError(
      'usage',
      `There is no folder ${above} to put it in.`,
      'Make it first, or name another.',
    );
  const folder = join(real, basename(resolve(to)));
  if ((await files.facts(folder)) !== null) throw taken(folder);
  for (const place of await ownPlaces(project)) {
    if (`${folder}${sep}`.startsWith(`${place}${sep}`))
      throw new RotaError(
        'usage',
        `${folder} would be inside ${place}; nothing in a checkout of this repository is touched.`,
        'Name a folder outside, like ../rescued.',
      );
  }
  return folder;
}

/** Its checkouts and git dirs, links resolved. */
async function ownPlaces({ system, repository, worktrees }: Project): Promise<string[]> {
  const checkouts = await listCheckouts(system, repository);
  const places = [repository.gitDir, worktrees, ...checkouts.map(({ path }) => path)];
  return Promise.all(places.map((path) => system.files.realPath(path).catch(() => path)));
}

function taken(folder: string): RotaError {
  return new RotaError(
    'usage',
    `There is something at ${folder} already; nothing was changed.`,
    'Name a folder that is not there yet: --to <folder>',
  );
}

function isThere(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}

async function describe(
  { system, neutral }: Project,
  commit: string,
): Promise<Pick<RestoredFolder, 'files' | 'links'>> {
  const { stdout } = await system.git.run(neutral.place, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  const entries = splitAtNul(stdout).map((field) => {
    const [about = '', ...path] = field.toString('utf8').split('\t');
    const [mode = '', , oid = ''] = about.split(' ');
    return { mode, oid, path: path.join('\t') };
  });
  const links = entries.filter(({ mode }) => mode === '120000');
  const targets = await readObjects(
    system,
    neutral.place,
    links.map(({ oid }) => oid),
  );
  const escaping = links.filter(({ path }, at) =>
    escapesRepository(path, targets[at]?.toString('utf8') ?? ''),
  );
  return { files: entries.length, links: escaping.map(({ path }) => path) };
}
