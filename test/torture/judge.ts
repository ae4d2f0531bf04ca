import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Save } from '../support/checker/check-bytes.ts';
import { checkSound } from '../support/checker/check-sound.ts';
import { type Arena, WORKER } from './make-arena.ts';
import type { PersonDesk } from './person-desk.ts';
import type { Planner } from './planner.ts';

/** Whether anything was lost, at each site; sentences about what was. */
export async function judge(
  arena: Arena,
  {
    desks,
    planners,
    groups,
  }: { desks: readonly PersonDesk[]; planners: readonly Planner[]; groups: ReadonlyMap<number, string> },
): Promise<string[]> {
  const said = readFileSync(join(arena.desk, 'said'), 'utf8');
  const writes = readWrites(arena);
  const wrong: string[] = [];
  for (const [n, site] of arena.sites.entries()) {
    const { shared, homes, prefix } = site;
    const found = await checkSound(
      { shared, clones: homes.filter((home) => home !== shared) },
      {
        gate,
        worker: WORKER,
        tasks: planners[n]!.ids,
        saves: Object.fromEntries(desks.map((desk) => [desk.home, desk.saves])),
        said,
        writes: writes.filter(({ path }) => path.startsWith(prefix)),
        stays: /^work\//,
        mayDiffer: (path, home) =>
          desks.some(
            (desk) =>
              desk.home === home && (desk.paths.has(path) || desk.paths.has(path.replace(/\.new$/, ''))),
          ),
        processes: { home: arena.env['HOME']!, groups, patience: 20_000 },
      },
    );
    wrong.push(...found.map((sentence) => `${site.name}: ${sentence}`));
  }
  return wrong;
}

/** The agents' ledger. */
export function readWrites(arena: Arena): Save[] {
  const writes: Save[] = [];
  for (const line of readFileSync(arena.ledger, 'utf8').split('\n').filter(Boolean)) {
    const [verb, run, task, now, old, ...path] = line.split(' ');
    const save = {
      path: `${task}/${path.join(' ')}`,
      replaced: old === '-' ? null : old!,
      about: `run ${run}`,
    };
    // A write that was begun may have replaced what was there; only one that has ended must be found.
    writes.push({ ...save, blob: verb === 'after' ? now! : null });
  }
  return writes;
}

function gate(folder: string): string | null {
  const { status, stdout } = spawnSync('sh', ['gate.sh'], { cwd: folder, encoding: 'utf8' });
  return status === 0 ? null : stdout.trim().split('\n')[0]!;
}
