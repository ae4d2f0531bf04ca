import { join } from 'node:path';
import type { Files } from '../../system/ports.ts';
import type { Project } from '../project/project.ts';

/** Files of a worktree that are in neither tree's history but stand where `to` has a path that `from` has not. */
export async function filesInTheWay(
  project: Project,
  root: string,
  from: string,
  to: string,
): Promise<string[]> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--diff-filter=A', from, to];
  const added = (await project.system.git.text(project.neutral.place, args)).split('\0');
  const found = new Set<string>();
  for (const path of added)
    if (path !== '') for (const file of await standingAt(project.system.files, root, path)) found.add(file);
  if (found.size === 0) return [];
  // A file that becomes a folder is tracked: it is no loss.
  const tracked = await project.system.git.text(project.neutral.place, [
    'ls-tree',
    '-r',
    '-z',
    '--name-only',
    from,
  ]);
  for (const path of tracked.split('\0')) found.delete(path);
  return [...found];
}

/** The file at the path, or in the place of one of its folders, or everything in a folder at the path. */
async function standingAt(files: Files, root: string, path: string): Promise<string[]> {
  const steps = path.split('/');
  for (let count = 1; count <= steps.length; count++) {
    const part = steps.slice(0, count).join('/');
    const facts = await files.facts(join(root, part));
    if (facts === null) return [];
    if (facts.kind !== 'folder') return facts.kind === 'other' ? [] : [part];
  }
  return filesIn(files, root, path);
}

async function filesIn(files: Files, root: string, folder: string): Promise<string[]> {
  const entries = await files.list(join(root, folder));
  const found = entries.map(async ({ name, kind }) => {
    const path = `${folder}/${name}`;
    return kind === 'folder' ? filesIn(files, root, path) : kind === 'other' ? [] : [path];
  });
  return (await Promise.all(found)).flat();
}
