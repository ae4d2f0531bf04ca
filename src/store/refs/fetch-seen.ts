import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Neutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';
import { completeTrees } from './complete-trees.ts';
import type { NetworkAnswer, NetworkGit } from './network-git.ts';
import { readSeen, SEEN, seenName } from './seen.ts';
import { refsFromText } from './shared-names.ts';
import type { WireNames } from './wire-names.ts';

/** The first fetch may bring a long history. */
const TIME_LIMIT = 10 * 60_000;
const QUIET = [
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
];

export type Fetched =
  | { readonly kind: 'fetched'; readonly refs: ReadonlyMap<string, string> }
  | { readonly kind: 'failed'; readonly answer: NetworkAnswer };

/**
 * Fetches the shared refs by URL into the neutral directory: the objects are in the repository at once, and no ref of a
 * person's moves. What the repository has is written there as packed refs first, so that only what is new is sent, and
 * only that is checked.
 *
 * @returns the shared refs exactly as this one fetch saw them
 */
export async function fetchSeen(
  system: System,
  git: NetworkGit,
  at: {
    readonly repository: Repository;
    readonly neutral: Neutral;
    readonly url: string;
    readonly branch: string;
    readonly names: WireNames;
  },
): Promise<Fetched> {
  const { repository, neutral, url, branch, names } = at;
  await writeKnownRefs(system, repository, neutral);
  const main = `refs/heads/${branch}`;
  // As patterns, because a name that is not there fails a fetch and a pattern without matches does not.
  const refspecs = [
    `+${main}:${seenName(main)}`,
    `+${names.toWire('refs/rota/tasks/')}*:refs/rota/seen/tasks/*`,
    `+${names.toWire('refs/rota/pause')}*:refs/rota/seen/pause*`,
    `+${names.toWire('refs/rota/landing')}*:refs/rota/seen/landing*`,
  ];
  const answer = await git(['fetch', '--prune', '--force', ...QUIET, '--', url, ...refspecs], TIME_LIMIT);
  if (answer.code !== 0) return { kind: 'failed', answer };
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', SEEN];
  const fetched = refsFromText(await system.git.text(neutral.place, args));
  const tip = fetched.get(seenName(main));
  const missing = await completeTrees(system, repository, url, tip === undefined ? [] : [tip]);
  if (missing !== null) return { kind: 'failed', answer: missing };
  const shared = new Map([...fetched].map(([ref, oid]) => [unseen(ref), oid]));
  return { kind: 'fetched', refs: shared };
}

async function writeKnownRefs(system: System, repository: Repository, neutral: Neutral): Promise<void> {
  const { seen, others } = await readSeen(system, repository, ['refs/heads', 'refs/remotes']);
  const lines = [
    ...[...seen].map(([ref, oid]) => `${oid} ${seenName(ref)}\n`),
    ...[...others].map(([ref, oid]) => `${oid} ${ref}\n`),
  ];
  await system.files.removeTree(join(neutral.folder, SEEN));
  await system.files.writeWhole(join(neutral.folder, 'packed-refs'), lines.join(''));
}

function unseen(ref: string): string {
  const rest = ref.slice(SEEN.length);
  return rest.startsWith('heads/') ? `refs/${rest}` : `refs/rota/${rest}`;
}
