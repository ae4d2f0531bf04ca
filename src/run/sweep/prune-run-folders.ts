import { join } from 'node:path';
import { isDead } from '../../store/home/owner.ts';
import type { Files } from '../../system/ports.ts';
import { removeEverything } from '../gate/remove-everything.ts';
import type { Project } from '../project/project.ts';
import { readRunFacts, runsFolder } from '../project/run-folder.ts';
import { listWorktrees } from '../worktree/list-worktrees.ts';

const KEPT = { milliseconds: 30 * 24 * 60 * 60_000, bytes: 2 * 1024 ** 3 };

/**
 * Drops the folders of old runs: after 30 days, or the oldest ones beyond 2 GB. Those of live runs and of runs whose worktree
 * is still there stay.
 */
export async function pruneRunFolders(project: Project, kept: typeof KEPT = KEPT): Promise<void> {
  const { files, clock } = project.system;
  const parent = runsFolder(project.repository);
  const needed = new Set(
    (await listWorktrees(project.system, project.repository)).map(({ marker }) => marker?.run),
  );
  const folders = await Promise.all(
    (await files.list(parent)).map(({ name }) => measure(files, join(parent, name), name)),
  );
  let total = 0;
  for (const { run, path, bytes, newest } of folders.toSorted((a, b) => b.newest - a.newest)) {
    total += bytes;
    const old = clock.now().getTime() - newest > kept.milliseconds;
    if ((old || total > kept.bytes) && !needed.has(run) && !(await isLive(project, run))) {
      await removeEverything(files, path);
      total -= bytes;
    }
  }
}

async function isLive({ system, repository }: Project, run: string): Promise<boolean> {
  const facts = await readRunFacts(system, repository, run);
  return facts !== null && facts.ended === null && !(await isDead(system, facts));
}

async function measure(
  files: Files,
  path: string,
  run: string,
): Promise<{ run: string; path: string; bytes: number; newest: number }> {
  const inside = await Promise.all((await files.list(path)).map(({ name }) => files.facts(join(path, name))));
  const there = inside.filter((facts) => facts !== null);
  return {
    run,
    path,
    bytes: there.reduce((sum, { size }) => sum + size, 0),
    newest: Math.max(0, ...there.map(({ mtimeMs }) => mtimeMs)),
  };
}
