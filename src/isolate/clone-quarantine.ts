import { join } from 'node:path';
import { RotaError } from '../errors.ts';
import { leaveBehind } from '../store/leave-behind.ts';
import type { NeutralPlace } from '../store/neutral.ts';
import { shareShallow } from '../store/refs/share-shallow.ts';
import type { Repository } from '../store/repository.ts';
import type { Files, System } from '../system/ports.ts';
import { plainText } from '../task/text.ts';

/** Copies of somebody else's objects, where nothing but git's plumbing looks at them. */
export interface Quarantine {
  /** Sees the copies and, behind them, the repository's own objects. */
  readonly place: NeutralPlace;
  readonly folder: string;
  close(): Promise<void>;
}

export interface QuarantineWish {
  /** Where it is made; on the repository's own disk. */
  readonly folder: string;
  /** The agent's git directory. */
  readonly from: string;
  /** The pack that rota made for it (clone-make.ts): the repository has all of it. */
  readonly knownPack: string | null;
  /** The text of `objects/info/alternates` that rota itself wrote there; null: there must be none. */
  readonly lender: string | null;
}

const MOST_FILES = 200_000;
const MOST_BYTES = 2 * 1024 ** 3;
const MOST_PACKS = 1_000;

/**
 * Copies what can hold an object, and nothing else: loose objects and packs by their names, as plain files. No alternate, no
 * commit graph, no index of a pack is believed: git makes the indexes anew. Nothing is followed.
 *
 * @throws RotaError `agent` with what is odd about it, in words that follow "its repository"
 */
export async function openQuarantine(
  system: System,
  repository: Repository,
  wish: QuarantineWish,
): Promise<Quarantine> {
  const { files, git } = system;
  const { folder } = wish;
  const objects = join(folder, 'objects');
  const place: NeutralPlace = { kind: 'neutral', gitDir: folder, objects };
  const close = () => files.removeTree(folder).catch(leaveBehind);
  try {
    await makeNeutral(system, repository, folder);
    const from = join(wish.from, 'objects');
    await refuseAlternates(files, from, wish.lender);
    const packs = await copyObjects(files, from, objects, wish.knownPack);
    for (const pack of packs) {
      const made = await git.run(place, ['index-pack', join(objects, 'pack', pack)], { ok: [0, 1, 128] });
      if (made.code !== 0) throw odd(`has a damaged pack, ${pack}: ${firstLine(made.stderr)}`);
    }
    return { place, folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeNeutral(system: System, repository: Repository, folder: string): Promise<void> {
  const { files } = system;
  for (const name of ['refs', 'objects/info', 'objects/pack', 'out'])
    await files.makeFolder(join(folder, name));
  const sha256 = repository.objectFormat === 'sha256';
  const format = sha256 ? '[extensions]\n\tobjectformat = sha256\n' : '';
  await files.write(
    join(folder, 'config'),
    `[core]\n\trepositoryformatversion = ${sha256 ? 1 : 0}\n\tbare = false\n${format}`,
  );
  await files.write(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  await files.write(join(folder, 'objects/info/alternates'), `${join(repository.gitDir, 'objects')}\n`);
  await shareShallow(system, repository, folder);
}

/** @returns the names of the packs */
async function copyObjects(
  files: Files,
  from: string,
  to: string,
  knownPack: string | null,
): Promise<string[]> {
  const found: { path: string; folder: string }[] = [];
  const packs: string[] = [];
  for (const { name, kind } of await files.list(from)) {
    const loose = /^[0-9a-f]{2}$/.test(name);
    if (!loose && name !== 'pack') continue;
    if (kind !== 'folder') throw odd(`has something else than a folder at objects/${name}`);
    for (const inside of await files.list(join(from, name))) {
      const wanted = (loose ? /^(?:[0-9a-f]{38}|[0-9a-f]{62})$/ : /^pack-[0-9a-f]{40,64}\.pack$/).test(
        inside.name,
      );
      if (!wanted || inside.name === `${knownPack}.pack`) continue;
      if (inside.kind !== 'file')
        throw odd(`has something else than a file at objects/${name}/${inside.name}`);
      found.push({ folder: name, path: join(name, inside.name) });
      if (!loose) packs.push(inside.name);
    }
    if (found.length > MOST_FILES || packs.length > MOST_PACKS) throw odd('has too many objects of its own');
  }
  await refuseGiants(files, from, found);
  for (const folder of new Set(found.map((one) => one.folder))) await files.makeFolder(join(to, folder));
  for (const { path } of found) await files.copyFile(join(from, path), join(to, path));
  return packs;
}

/** Git would look for objects there: in another repository of the person's, for one. */
async function refuseAlternates(files: Files, objects: string, lender: string | null): Promise<void> {
  if ((await files.facts(objects))?.kind !== 'folder') throw odd('has no folder objects');
  const info = await files.facts(join(objects, 'info'));
  if (info !== null && info.kind !== 'folder') throw odd('has something else than a folder at objects/info');
  for (const name of ['alternates', 'http-alternates']) {
    const facts = await files.facts(join(objects, 'info', name));
    if (facts === null) continue;
    const known =
      name === 'alternates' && facts.kind === 'file' && facts.size === Buffer.byteLength(lender ?? '');
    if (!known || (await files.read(join(objects, 'info', name))).toString('utf8') !== lender)
      throw odd(`borrows objects from elsewhere (objects/info/${name})`);
  }
}

async function refuseGiants(
  files: Files,
  from: string,
  found: readonly { readonly path: string }[],
): Promise<void> {
  let bytes = 0;
  for (const { path } of found) {
    bytes += (await files.facts(join(from, path)))?.size ?? 0;
    if (bytes > MOST_BYTES) throw odd(`has more than ${MOST_BYTES / 1024 ** 3} GiB of objects of its own`);
  }
}

function firstLine(stderr: string): string {
  return plainText(stderr.trim().split('\n')[0] ?? '').replace(/^(?:error|fatal): /, '');
}

function odd(what: string): RotaError {
  return new RotaError('agent', what);
}
