import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import type { RefChange } from '../shared-refs.ts';
import { findRefLocks, removeOwnLocks } from './ref-locks.ts';
import { clearAfter, inTransaction, timeOf } from './transaction-journal.ts';

export type LocalSwap =
  | { readonly kind: 'swapped' }
  /** These refs were not at `from`. Nothing changed. */
  | { readonly kind: 'stale'; readonly refs: readonly string[] };

export interface TransactionOptions {
  /** File of a journal that covers this transaction already; else a light one is kept while it runs. */
  readonly journal?: string;
  /** For the reflog. */
  readonly message?: string;
  /** ROTA_RUN of the git process, by which it can be found when this process is dead. */
  readonly mark?: string;
}

/** Milliseconds between tries when another git holds a ref for a moment; git itself waits 100 ms each time. */
const PAUSES = [20, 40, 80, 160, 320];

/**
 * Changes refs of the repository by compare-and-swap, all or none: one `git update-ref --stdin` that gets the whole
 * transaction at once, so that git rolls back by end of input when this process dies.
 *
 * @throws RotaError `git` when git fails for another reason than a lost race; the refs are as they were
 */
export async function commitRefs(
  system: System,
  repository: Repository,
  changes: readonly RefChange[],
  options: TransactionOptions = {},
): Promise<LocalSwap> {
  if (changes.length === 0) return { kind: 'swapped' };
  const commitWith = (journal: string) => commit(system, repository, changes, journal, options);
  if (options.journal !== undefined) return commitWith(options.journal);
  return inTransaction(system, repository, refsOf(changes), commitWith);
}

/** Where the named refs are now; null: not there. */
export async function readRefs(
  system: System,
  repository: Repository,
  refs: readonly string[],
): Promise<Map<string, string | null>> {
  const output = await system.git.text(repository.place, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    ...refs,
  ]);
  const found = new Map<string, string | null>(refs.map((ref) => [ref, null]));
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ');
    const ref = line.slice(space + 1);
    if (space > 0 && found.has(ref)) found.set(ref, line.slice(0, space));
  }
  return found;
}

async function commit(
  system: System,
  repository: Repository,
  changes: readonly RefChange[],
  journal: string,
  options: TransactionOptions,
): Promise<LocalSwap> {
  let died = true;
  try {
    const done = await repeat(system, repository, changes, journal, options);
    died = done.died;
    return done.swap;
  } finally {
    // Even if this fails: what counts is where the refs are, and git names a lock to whoever meets it.
    if (died) await clearAfter(system, repository, refsOf(changes), journal).catch(() => undefined);
  }
}

/** `died`: a git died in between, and may have left lock files, whatever came of the transaction. */
async function repeat(
  system: System,
  repository: Repository,
  changes: readonly RefChange[],
  journal: string,
  { message = 'rota', mark }: TransactionOptions,
): Promise<{ readonly swap: LocalSwap; readonly died: boolean }> {
  let rest = changes;
  let died = false;
  for (let tried = 0; ; tried++) {
    const result = await system.git.run(
      repository.place,
      ['update-ref', '--no-deref', '-m', message, '--stdin', '-z'],
      {
        ...{ input: transactionText(rest), ok: [0, -1, 1, 128] },
        ...(mark === undefined ? {} : { env: { ROTA_RUN: mark } }),
      },
    );
    if (result.code === 0) return { swap: { kind: 'swapped' }, died };
    died ||= result.code === -1;
    // Git's words are for people; what counts is where the refs are.
    const now = await readRefs(system, repository, refsOf(rest));
    // All refs were locked and as expected: git died or failed while it moved them, and what moved is ours.
    const began = result.stdout.includes('prepare: ok');
    if (began) rest = rest.filter((change) => change.from === change.to || now.get(change.ref) !== change.to);
    const stale = rest.filter((change) => now.get(change.ref) !== change.from).map((change) => change.ref);
    if (rest.length === changes.length && stale.length > 0)
      return { swap: { kind: 'stale', refs: stale }, died };
    // A part has moved, so there is no way back: what is somebody else's by now is left to them.
    if (rest.length < changes.length) rest = rest.filter((change) => !stale.includes(change.ref));
    if (rest.every((change) => change.from === change.to) && rest.length < changes.length)
      return { swap: { kind: 'swapped' }, died };
    // Each time: they stay while another git is at work, and it may have ended.
    if (died) await removeOwnLocks(system, repository, refsOf(changes), await timeOf(system, journal));
    const pause = PAUSES[tried];
    if (pause === undefined) throw await lockedError(system, repository, refsOf(changes), result.stderr);
    await system.clock.wait(pause * (0.5 + system.random.fraction()));
  }
}

function refsOf(changes: readonly RefChange[]): string[] {
  return changes.map(({ ref }) => ref);
}

/** The commands of git-update-ref(1) with -z. Main first: refs that go are only deleted after it moved. */
function transactionText(changes: readonly RefChange[]): string {
  const lines = changes.map(({ ref, from, to }) => {
    if (from === to) return `verify ${ref}\0${from ?? ''}\0`;
    if (to === null) return `delete ${ref}\0${from}\0`;
    return from === null ? `create ${ref}\0${to}\0` : `update ${ref}\0${to}\0${from}\0`;
  });
  return ['start\0', ...lines, 'prepare\0', 'commit\0'].join('');
}

async function lockedError(
  system: System,
  repository: Repository,
  refs: readonly string[],
  stderr: string,
): Promise<RotaError> {
  const locks = await findRefLocks(system, repository, refs);
  const said = stderr.trim();
  if (locks.length === 0)
    return new RotaError('git', `git could not change refs: ${said === '' ? 'it was killed' : said}`);
  return new RotaError(
    'git',
    `A lock file keeps git from changing refs: ${locks.join(', ')}.`,
    `If no git is running in this repository, a dead one left it: rm -- ${locks.map((lock) => `'${lock.replaceAll("'", "'\\''")}'`).join(' ')}`,
  );
}
