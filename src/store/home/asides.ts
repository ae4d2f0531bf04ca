import { basename, join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { listCheckouts } from './checkouts.ts';
import { decodeManifest } from './decode-journal.ts';
import { readJournals } from './journal.ts';
import { isEntry, lookAt } from './path-state.ts';

/** Old files are held this long, in milliseconds: a program may still have one open and write into it. */
const HELD = 24 * 60 * 60_000;

/**
 * Goes through the old files that moves of main held aside. After a day they go, unless one has changed since: then a person's
 * program saved into it after it was moved, and it stays until a person removes it.
 *
 * @returns sentences about such files
 */
export async function sweepAsides(system: System, repository: Repository): Promise<string[]> {
  const { journals } = await readJournals(system, repository);
  const open = new Set(journals.map((journal) => journal.move));
  const named: string[] = [];
  for (const checkout of await listCheckouts(system, repository))
    for (const parent of [join(checkout.gitDir, 'rota-aside'), join(checkout.path, '.rota-aside')]) {
      const entries = await system.files.list(parent);
      for (const { name, kind } of entries)
        if (kind === 'folder' && !open.has(name))
          named.push(...(await sweepOne(system, repository, join(parent, name))));
    }
  return named;
}

async function sweepOne(system: System, repository: Repository, holding: string): Promise<string[]> {
  const { files } = system;
  const manifest = join(holding, 'moved.json');
  const [text, facts] = [await files.readIfThere(manifest), await files.facts(manifest)];
  if (text === null || facts === null) return [];
  const held = await files.list(join(holding, 'old'));
  const known = decodeManifest(repository, text.toString('utf8'));
  if (known === null || known.move !== basename(holding))
    return held.length === 0
      ? []
      : [`The old files in ${join(holding, 'old')} are kept: what they are, ${manifest}, cannot be read.`];
  const { root, changes, move } = known;
  const fileMode = known.checkouts.find((checkout) => checkout.path === root)?.fileMode ?? true;
  const young = system.clock.now().getTime() - facts.mtimeMs < HELD;
  const named: string[] = [];
  for (const { name } of held) {
    const aside = join(holding, 'old', name);
    const change = changes[Number(name)];
    const isOld =
      change !== undefined &&
      isEntry(await lookAt(files, aside, repository.objectFormat), change.old, fileMode);
    if (!isOld) {
      const path = change === undefined ? 'a file' : join(root, change.path);
      named.push(
        `Something saved to ${path} after main had moved (move ${move}): it is kept as ${aside}. Compare it, then remove it.`,
      );
    } else if (!young) await files.removeTree(aside);
  }
  if (!young && named.length === 0) await files.removeTree(holding);
  return named;
}
