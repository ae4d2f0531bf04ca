import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { WorktreeFacts } from '../../plan/sweep-worktree.ts';
import type { Project } from '../project/project.ts';
import { readHeadState } from './head-state.ts';
import { changedPaths, type PrivateIndex, withPrivateIndex } from './private-index.ts';
import { walkIgnored } from './walk-ignored.ts';
import type { WorktreePlace } from './worktree.ts';

/** What is in a worktree beyond its commits, and where its HEAD is. */
export type WorktreeContent = Pick<WorktreeFacts, 'uncommitted' | 'untracked' | 'ignored' | 'gitError'> & {
  readonly head: string | null;
};

export interface InspectionRules {
  /** False: its run died while the checkout was made, so a missing file is no change. */
  readonly ready: boolean;
  /** Lines of the run's provisioned list; a trailing `/` means everything below. */
  readonly provisioned: readonly string[];
  readonly disposable: readonly string[];
  /** Where the folder is now, if it was moved aside. */
  readonly at?: string;
}

/** Looks at a worktree without writing anything into the repository or the worktree. A failure of git is part of the answer. */
export async function inspectWorktree(
  project: Project,
  worktree: WorktreePlace,
  rules: InspectionRules,
): Promise<WorktreeContent> {
  const nothing = { uncommitted: [], untracked: [], ignored: [], head: null };
  try {
    const state = await readHeadState(project, worktree);
    const head = state.kind === 'elsewhere' ? state.head : state.kind === 'no-branch' ? null : state.tip;
    if (head === null) return { ...nothing, gitError: 'its HEAD names no commit' };
    return await withPrivateIndex(project, rules.at ?? worktree.path, head, (index) =>
      lookAt(project, worktree, { ...rules, head, index }),
    );
  } catch (error) {
    if (error instanceof RotaError) return { ...nothing, gitError: error.message };
    throw error;
  }
}

async function lookAt(
  project: Project,
  worktree: WorktreePlace,
  {
    index,
    head,
    ready,
    provisioned,
    disposable,
    at = worktree.path,
  }: InspectionRules & { index: PrivateIndex; head: string },
): Promise<WorktreeContent> {
  // They only read the index: side by side they take a third of the time.
  const [changed, staged, entries, filled] = await Promise.all([
    changedPaths(index),
    ready ? stagedPaths(project, worktree, head, at) : [],
    ignoredEntries(index),
    filledSubmodules(project, index, at),
  ]);
  const untracked = changed.filter(({ kind }) => kind === 'untracked').map(({ path }) => path);
  const tracked = changed
    .filter(({ kind }) => kind === 'changed' || (kind === 'deleted' && ready))
    .map(({ path }) => path);
  const ignored = await walkIgnored(project.system.files, at, entries, {
    provisioned,
    disposable,
  });
  const nested = [...untracked.filter((path) => path.endsWith('/')), ...filled, ...ignored.nested];
  const gitError =
    nested.length === 0 ? ignored.problem : `a repository of its own is in it, at ${nested[0]}`;
  return {
    uncommitted: [...new Set([...tracked, ...staged])],
    untracked,
    ignored: ignored.files,
    head,
    gitError,
  };
}

async function ignoredEntries(index: PrivateIndex): Promise<string[]> {
  const { text } = await index.git([
    'ls-files',
    '-z',
    '--others',
    '--ignored',
    '--exclude-standard',
    '--directory',
  ]);
  return text.split('\0').filter((path) => path !== '');
}

/** What the worktree's own index has beyond HEAD: staged, and perhaps nowhere else. */
async function stagedPaths(
  project: Project,
  { adminDir }: WorktreePlace,
  head: string,
  at: string,
): Promise<string[]> {
  const { system, neutral } = project;
  const bytes = await system.files.readIfThere(join(adminDir, 'index'));
  if (bytes === null) return [];
  const copy = join(neutral.folder, `index-${system.random.id()}`);
  await system.files.write(copy, bytes);
  try {
    const args = [
      'diff-index',
      '--cached',
      '--name-only',
      '-z',
      '--no-renames',
      '--ignore-submodules=all',
      head,
    ];
    const said = await system.git.text(neutral.at(at, copy), args);
    return said.split('\0').filter((path) => path !== '');
  } finally {
    await system.files.removeFile(copy);
  }
}

/** Submodules that have files here: git would not see what is inside. */
async function filledSubmodules(project: Project, index: PrivateIndex, at: string): Promise<string[]> {
  const { text } = await index.git(['ls-files', '-s', '-z']);
  const filled: string[] = [];
  for (const entry of text.split('\0')) {
    if (!entry.startsWith('160000 ')) continue;
    const path = entry.slice(entry.indexOf('\t') + 1);
    if ((await project.system.files.list(join(at, path))).length > 0) filled.push(`${path}/`);
  }
  return filled;
}
