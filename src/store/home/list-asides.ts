import { basename, join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { listCheckouts } from './checkouts.ts';
import { decodeManifest } from './decode-journal.ts';
import { isEntry, lookAt } from './path-state.ts';

/** A file that a move of main took out of a checkout and that is still held. */
export interface HeldAside {
  /** Where it is now. */
  readonly kept: string;
  /** Where it was; null: what it is cannot be read any more. */
  readonly path: string | null;
  /** Of the move that took it. */
  readonly move: string;
  /** Somebody saved something else into it, so that it stays until a person removes it. False: main's history has it. */
  readonly changed: boolean;
  readonly bytes: number;
  /** ISO date-time of the move. */
  readonly since: string;
}

/** Every file that moves of main hold aside in the checkouts' git dirs, or beside their files. Only looks. */
export async function listAsides(system: System, repository: Repository): Promise<HeldAside[]> {
  const found: HeldAside[] = [];
  for (const checkout of await listCheckouts(system, repository))
    for (const parent of [join(checkout.gitDir, 'rota-aside'), join(checkout.path, '.rota-aside')])
      for (const { name, kind } of await system.files.list(parent))
        if (kind === 'folder') found.push(...(await heldBy(system, repository, join(parent, name))));
  return found.sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0));
}

async function heldBy(system: System, repository: Repository, holding: string): Promise<HeldAside[]> {
  const { files } = system;
  const manifest = join(holding, 'moved.json');
  const text = (await files.readIfThere(manifest))?.toString('utf8') ?? '';
  const known = decodeManifest(repository, text);
  const fileMode = known?.checkouts.find((checkout) => checkout.path === known.root)?.fileMode ?? true;
  const since = new Date((await files.facts(manifest))?.mtimeMs ?? 0).toISOString();
  const found: HeldAside[] = [];
  for (const { name } of await files.list(join(holding, 'old'))) {
    const kept = join(holding, 'old', name);
    const change = known?.changes[Number(name)];
    const state = await lookAt(files, kept, repository.objectFormat);
    const bytes = (await files.facts(kept))?.size;
    if (bytes === undefined) continue;
    found.push({
      ...{ kept, bytes, since, move: basename(holding) },
      path: known === null || change === undefined ? null : join(known.root, change.path),
      changed: change === undefined || !isEntry(state, change.old, fileMode),
    });
  }
  return found;
}
