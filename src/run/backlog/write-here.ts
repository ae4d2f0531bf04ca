import { dirname, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { TreeChange } from '../../store/make-commit.ts';
import { linkOnTheWay } from '../../system/link-on-the-way.ts';
import { plainText } from '../../task/text.ts';
import type { Project } from '../project/project.ts';

/** Milliseconds that a replaced file is held: a program may still have it open and save into it. */
const HELD = 24 * 60 * 60_000;

/**
 * Writes task files into the folder that the command was started in, and never over anything that was saved meanwhile: the old
 * file is moved aside and compared, and the new one is linked in where nothing is.
 *
 * @param known the files as they were read; a path that is not in it is new
 * @throws RotaError `stale` when a file is not as it was read, `files`
 */
export async function writeHere(
  project: Project,
  root: string,
  known: ReadonlyMap<string, Buffer>,
  changes: readonly TreeChange[],
): Promise<void> {
  await dropOldAsides(project);
  for (const { path, content } of changes) {
    if (content === null) continue;
    const target = join(root, path);
    const link = await linkOnTheWay(project.system.files, root, target);
    if (link !== null)
      throw new RotaError('files', `${link} is a symbolic link, and rota follows none.`, 'Move it away.');
    await writeOne(project, target, known.get(path) ?? null, content);
  }
}

async function writeOne(
  { system: { files, random }, repository }: Project,
  target: string,
  old: Buffer | null,
  content: string | Uint8Array,
): Promise<void> {
  await files.makeFolder(dirname(target));
  if (old === null) {
    if (!(await made(files.write(target, content, { exclusive: true })))) throw changed(target);
    return;
  }
  const folder = asidesOf(repository.rotaDir);
  await files.makeFolder(folder);
  const id = random.id();
  const fresh = join(dirname(target), `.rota-${id}.new`);
  const aside = join(folder, id);
  const { mode = 0o644 } = (await files.facts(target)) ?? {};
  await files.write(fresh, content, { exclusive: true });
  try {
    await files.chmod(fresh, mode);
    if (!(await files.read(target)).equals(old)) throw changed(target);
    await files.rename(target, aside);
    const kept = (await files.read(aside)).equals(old) ? fresh : aside;
    if (!(await made(files.link(kept, target))))
      throw new RotaError(
        'stale',
        `${plainText(target)} was saved while rota wrote it; the file before is kept as ${aside}.`,
        'Compare them and run it again.',
      );
    if (kept === aside) throw changed(target);
  } finally {
    await files.removeFile(fresh);
  }
}

/** False: something is there already. */
async function made(writing: Promise<void>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function dropOldAsides({ system: { files, clock }, repository }: Project): Promise<void> {
  const folder = asidesOf(repository.rotaDir);
  for (const { name } of await files.list(folder)) {
    const facts = await files.facts(join(folder, name));
    if (facts !== null && clock.now().getTime() - facts.mtimeMs > HELD)
      await files.removeTree(join(folder, name));
  }
}

function asidesOf(rotaDir: string): string {
  return join(rotaDir, 'edited');
}

function changed(target: string): RotaError {
  return new RotaError('stale', `${plainText(target)} was changed meanwhile.`, 'Run it again.');
}
