import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { makeClone } from '../../isolate/clone-make.ts';
import type { Project } from '../project/project.ts';
import { commitOf } from './ancestry.ts';
import { CLONE_MARK, clonePlaceOf, dropClonePlace, refuseLinkTo } from './clone-place.ts';
import { readExcludes } from './excludes.ts';
import type { Worktree } from './worktree.ts';

/** What of a worktree's state the agent is to find in its own repository. */
const STATE = ['index', 'MERGE_HEAD', 'MERGE_MODE', 'MERGE_MSG', 'ORIG_HEAD'];

/**
 * Puts a repository of the agent's own in the place of a worktree's `.git` file: the same folder and branch, an open merge
 * included, but nothing in it leads to the person's repository. leaveClone undoes it.
 *
 * @throws RotaError when it cannot be made; the worktree is as it was then, or leaveClone brings it back
 */
export async function enterClone(
  project: Project,
  { run, worktree }: { readonly run: string; readonly worktree: Worktree },
): Promise<void> {
  const { system, repository, neutral, identity } = project;
  const { files } = system;
  const { path, adminDir, branch } = worktree;
  const commit = await commitOf(project, `refs/heads/${branch}`);
  if (commit === null)
    throw new RotaError('git', `The branch ${branch} is gone.`, 'Run the task again: it starts anew.');
  const state = await readState(project, adminDir);
  const others = await conflictObjects(project, state);
  const place = clonePlaceOf(project, run);
  const folder = join(place, 'git');
  await refuseLinkTo(project, place);
  const pack = await makeClone(system, repository, neutral.place, {
    ...{ folder, state, others, identity },
    branch: { name: branch, commit },
    main: { name: project.branch, commit: worktree.base },
    excludes: await readExcludes(system, repository),
  });
  await files.writeWhole(join(adminDir, CLONE_MARK), `${pack}\n`);
  const pointer = join(path, '.git');
  if ((await files.facts(pointer)) !== null) await files.removeFile(pointer);
  await files.rename(folder, pointer);
  await dropClonePlace(project, place);
}

async function readState({ system: { files } }: Project, adminDir: string): Promise<Map<string, Buffer>> {
  const state = new Map<string, Buffer>();
  for (const name of STATE) {
    const bytes = await files.readIfThere(join(adminDir, name));
    if (bytes !== null) state.set(name, bytes);
  }
  return state;
}

/** The other side of an open merge, and the versions that the index has of its conflicts: older ones than the clone's history. */
async function conflictObjects(project: Project, state: ReadonlyMap<string, Uint8Array>): Promise<string[]> {
  const { system, neutral } = project;
  const head = Buffer.from(state.get('MERGE_HEAD') ?? '')
    .toString('utf8')
    .trim();
  const index = state.get('index');
  if (head === '' || index === undefined) return [];
  const copy = join(neutral.folder, `index-${system.random.id()}`);
  await system.files.write(copy, index);
  try {
    const place = { ...neutral.place, index: copy };
    const listed = await system.git.text(place, ['ls-files', '--stage', '-z', '--unmerged']);
    const blobs = listed.split('\0').flatMap((entry) => entry.split(' ')[1] ?? []);
    return [...new Set([head, ...blobs])];
  } finally {
    await system.files.removeFile(copy);
  }
}
