import { dirname } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Project } from '../project/project.ts';
import type { Finding } from './finding.ts';

const GB = 1_000_000_000;
/** A run makes a worktree and a gate checkout, and keeps up to 10 MiB of output. */
const LITTLE = 2 * GB;
const NONE = GB / 4;
const FEW_FILES = 50_000;

/** Whether there is room for worktrees (in the repository) and for gates (in the cache folder). */
export async function checkDisk({ system, repository }: Project): Promise<Finding[]> {
  const found: Finding[] = [];
  const seen = new Set<number>();
  for (const folder of [repository.root, repository.cacheDir]) {
    const place = await nearestThere(system, folder);
    if (seen.has(place.dev)) continue;
    seen.add(place.dev);
    found.push(findingOf(place.folder, await system.files.room(place.folder)));
  }
  return found;
}

function findingOf(folder: string, { bytes, files }: { bytes: number; files: number | null }): Finding {
  const few = files !== null && files < FEW_FILES;
  const state = bytes < NONE ? 'bad' : bytes < LITTLE || few ? 'warning' : 'good';
  return {
    area: 'disk',
    state,
    says: `${(bytes / GB).toFixed(1)} GB free at ${folder}${few ? `, and room for only ${files} more files` : ''}`,
    mend: state === 'good' ? null : 'Free some space; `rota sweep` removes what runs left and nobody needs.',
  };
}

/** The folder, or the nearest one above it: the cache folder is only made when a gate needs it. */
async function nearestThere(system: System, folder: string): Promise<{ folder: string; dev: number }> {
  for (let at = folder; ; at = dirname(at)) {
    const facts = await system.files.facts(at);
    if (facts !== null) return { folder: at, dev: facts.dev };
    if (dirname(at) === at) return { folder: at, dev: 0 };
  }
}
