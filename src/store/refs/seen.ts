import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { refsFromText } from './shared-names.ts';
import { clearAfter, inTransaction } from './transaction-journal.ts';

/** What the remote had when it was last read, mirrored into the repository below this name. */
export const SEEN = 'refs/rota/seen/';

/** Which remote the mirror is of; another one's state is nobody's. */
export interface SeenOf {
  readonly url: string;
  readonly branch: string;
  /** Where the shared refs are there, unless below `refs/rota/`. */
  readonly prefix?: string;
}

const PATIENCE = ['-c', 'core.filesRefLockTimeout=3000', '-c', 'core.packedRefsTimeout=3000'];
const TRIES = 3;

/** The mirrored refs under the names that they have on the remote. `also`: other refs of the repository, as they are. */
export async function readSeen(
  system: System,
  repository: Repository,
  also: readonly string[] = [],
): Promise<{ readonly seen: Map<string, string>; readonly others: Map<string, string> }> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', SEEN, ...also];
  const seen = new Map<string, string>();
  const others = new Map<string, string>();
  for (const [ref, oid] of refsFromText(await system.git.text(repository.place, args))) {
    const name = sharedName(ref);
    if (name === null) others.set(ref, oid);
    else seen.set(name, oid);
  }
  return { seen, others };
}

/**
 * Makes the mirror what the remote was seen to have, in one transaction. It keeps fetched objects alive and shows people the
 * last state; nothing is decided by it, so the last writer wins.
 */
export async function writeSeen(
  system: System,
  repository: Repository,
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): Promise<void> {
  let before = from;
  for (let attempt = 1; ; attempt++) {
    const { refs, lines } = differences(before, to);
    if (refs.length === 0) return;
    try {
      await inTransaction(system, repository, refs, async (journal) => {
        // --no-deref: whoever made one of these refs symbolic does not get another ref moved.
        const asked = [...PATIENCE, 'update-ref', '--no-deref', '--stdin'];
        const { code } = await system.git.run(repository.place, asked, { input: lines, ok: [0, -1] });
        if (code === 0) return;
        await clearAfter(system, repository, refs, journal);
        throw new RotaError('git', 'git was killed while it noted what the remote has', null);
      });
      return;
    } catch (error) {
      if (!(error instanceof RotaError) || error.code !== 'git' || attempt === TRIES) throw error;
      await system.clock.wait(10 + system.random.fraction() * 40);
      before = (await readSeen(system, repository)).seen;
    }
  }
}

/** Notes when the remote was read, for the age that people see. */
export async function noteSeen(system: System, repository: Repository, of: SeenOf): Promise<void> {
  const path = seenFile(repository);
  const beside = `${path}.${system.machine.pid}-${system.random.id()}`;
  await system.files.makeFolder(repository.rotaDir);
  await system.files.write(
    beside,
    `${JSON.stringify({ of: markOf(of), at: system.clock.now().toISOString() })}\n`,
  );
  await system.files.rename(beside, path);
}

/**
 * Milliseconds since the remote was last read; Infinity: never, or nobody knows when. Null: the mirror is another
 * remote's or another branch's.
 */
export async function seenAge(system: System, repository: Repository, of: SeenOf): Promise<number | null> {
  const bytes = await system.files.readIfThere(seenFile(repository));
  const note = bytes === null ? {} : parsed(bytes.toString('utf8'));
  if (typeof note.of === 'string' && note.of !== markOf(of)) return null;
  const at = typeof note.at === 'string' ? Date.parse(note.at) : Number.NaN;
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : Math.max(0, system.clock.now().getTime() - at);
}

/** Where a shared ref is mirrored. */
export function seenName(ref: string): string {
  return ref.startsWith('refs/rota/')
    ? SEEN + ref.slice('refs/rota/'.length)
    : SEEN + ref.slice('refs/'.length);
}

function sharedName(seen: string): string | null {
  if (!seen.startsWith(SEEN)) return null;
  const rest = seen.slice(SEEN.length);
  return rest.startsWith('heads/') ? `refs/${rest}` : `refs/rota/${rest}`;
}

/** The mirrored refs that have to change, and what tells git to. */
function differences(
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): { readonly refs: string[]; readonly lines: string } {
  const gone = [...from.keys()].filter((ref) => !to.has(ref)).map(seenName);
  const moved = [...to].filter(([ref, oid]) => from.get(ref) !== oid);
  const lines = [
    ...gone.map((ref) => `delete ${ref}\n`),
    ...moved.map(([ref, oid]) => `update ${seenName(ref)} ${oid}\n`),
  ];
  return { refs: [...gone, ...moved.map(([ref]) => seenName(ref))], lines: lines.join('') };
}

function seenFile(repository: Repository): string {
  return join(repository.rotaDir, 'seen.json');
}

/** Hashed: a URL may hold a password. */
function markOf({ url, branch, prefix = 'refs/rota/' }: SeenOf): string {
  const elsewhere = prefix === 'refs/rota/' ? '' : `\n${prefix}`;
  return createHash('sha256').update(`${url}\n${branch}${elsewhere}`).digest('hex').slice(0, 16);
}

/** A torn or foreign file is no note. */
function parsed(text: string): { of?: unknown; at?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
