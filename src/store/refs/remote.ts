import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import type { Neutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';
import type { RefChange, SharedRefs, SharedView, SwapResult } from '../shared-refs.ts';
import { askRemote, type RemoteState } from './ask-remote.ts';
import { fetchSeen } from './fetch-seen.ts';
import { lastView } from './last.ts';
import { networkGit } from './network-git.ts';
import { noteSeen, readSeen, writeSeen } from './seen.ts';
import { viewOf } from './shared-names.ts';
import { swapRemotely } from './swap-remotely.ts';
import { whyRewritten } from './why-rewritten.ts';
import { wireNames } from './wire-names.ts';

export interface RemoteAddress {
  /** Where refs are read; may hold credentials, so it is never shown. */
  readonly url: string;
  /** Where refs are pushed; default `url`. */
  readonly pushUrl?: string;
  /** Short name of main there. */
  readonly branch: string;
  /** What the shared refs are below there; default `refs/rota/`. */
  readonly prefix?: string;
  /** The remote's name, for what people fetched themselves; null: none. */
  readonly name?: string | null;
}

/** Retries of calls that failed on the way, each after a short random wait. */
const RETRIES = 2;

/**
 * The shared refs on a remote. Reading asks first and fetches only what changed; changing is one atomic push with a lease
 * for every ref. `refs/rota/seen/` mirrors what was read last.
 */
export function remoteRefs(
  system: System,
  repository: Repository,
  neutral: Neutral,
  address: RemoteAddress,
): SharedRefs {
  const { url, branch, prefix } = address;
  const names = wireNames(prefix);
  const git = networkGit(system, repository, neutral);
  const inTurn = turnstile();

  async function ask(from: string, also: readonly string[] = []): Promise<RemoteState> {
    for (let attempt = 0; ; attempt++) {
      const state = await askRemote(git, {
        url: from,
        branch,
        names,
        also,
        monotonic: system.clock.monotonic,
      });
      if (state.kind === 'answered' || !state.quick || attempt === RETRIES) return state;
      await pause(system, attempt);
    }
  }

  async function readNow(): Promise<SharedView> {
    for (let attempt = 0; ; attempt++) {
      const read = await readOnce(attempt > 0);
      if (!(read instanceof RotaError)) return read;
      // A server may answer from a copy that lags behind.
      if (attempt === RETRIES) throw read;
      await pause(system, attempt);
    }
  }

  /** `strict`: what was seen is read before the remote is asked, so that it cannot be newer than the answer. */
  async function readOnce(strict: boolean): Promise<SharedView | RotaError> {
    const early = strict ? await readSeen(system, repository) : null;
    const [state, { seen }] = await Promise.all([ask(url), early ?? readSeen(system, repository)]);
    if (state.kind === 'unreachable') throw unreachable(state.reason);
    if (!state.refs.has(`refs/heads/${branch}`)) throw noMain(branch);
    const known = [...state.refs].every(([ref, oid]) => seen.get(ref) === oid);
    const refs = known ? state.refs : await fetchNow();
    const main = `refs/heads/${branch}`;
    const moved = { before: seen.get(main), now: refs.get(main) };
    const rewritten = await whyRewritten(system, { repository, neutral }, address, moved);
    if (rewritten !== null) return rewritten;
    await writeSeen(system, repository, seen, refs);
    await noteSeen(system, repository, address);
    const view = viewOf(refs, branch, 0);
    if (view === null) throw noMain(branch);
    return view;
  }

  async function fetchNow(): Promise<ReadonlyMap<string, string>> {
    for (let attempt = 0; ; attempt++) {
      const fetched = await fetchSeen(system, git, { repository, neutral, url, branch, names });
      if (fetched.kind === 'fetched') return fetched.refs;
      if (attempt === RETRIES || fetched.answer.code === -1) throw unreachable(fetched.answer.words);
      await pause(system, attempt);
    }
  }

  return {
    kind: 'remote',
    read: () => inTurn(readNow),
    last: () => lastView(system, repository, address),
    swap: async (changes): Promise<SwapResult> => {
      const pushUrl = address.pushUrl ?? url;
      const result = await swapRemotely(changes, {
        git,
        url: pushUrl,
        names,
        ask: () =>
          ask(
            pushUrl,
            changes.map(({ ref }) => ref),
          ),
        pause: (attempt) => pause(system, attempt),
        retries: RETRIES,
        contains: (oid) => inTurn(async () => isAncestor(system, neutral, oid, (await readNow()).main)),
        main: `refs/heads/${branch}`,
      });
      if (result.kind === 'swapped') await inTurn(() => remember(system, repository, changes));
      return result;
    },
  };
}

/** Shows people at once what was swapped. The swap has happened: a mirror that cannot be written now is not its failure. */
async function remember(
  system: System,
  repository: Repository,
  changes: readonly RefChange[],
): Promise<void> {
  try {
    const { seen } = await readSeen(system, repository);
    const next = new Map(seen);
    for (const { ref, to } of changes) {
      if (to === null) next.delete(ref);
      else next.set(ref, to);
    }
    await writeSeen(system, repository, seen, next);
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
  }
}

async function isAncestor(system: System, neutral: Neutral, old: string, young: string): Promise<boolean> {
  const asked = await system.git.run(neutral.place, ['merge-base', '--is-ancestor', old, young], {
    ok: [0, 1],
  });
  return asked.code === 0;
}

function pause(system: System, attempt: number): Promise<void> {
  return system.clock.wait((50 + system.random.fraction() * 150) * (attempt + 1));
}

/** One at a time within this process: a fetch rewrites the neutral directory's refs. */
function turnstile(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const turn = last.then(action);
    last = turn.catch(() => undefined);
    return turn;
  };
}

function unreachable(reason: string): RotaError {
  const hint =
    'Check it with `git ls-remote`. Rota ignores GIT_SSH_COMMAND and the core.sshCommand and credential ' +
    'settings of this repository: they belong into ~/.gitconfig or ~/.ssh/config.';
  return new RotaError('remote', `The remote cannot be reached: ${reason}`, hint);
}

function noMain(branch: string): RotaError {
  return new RotaError(
    'repository',
    `The remote has no branch ${branch}.`,
    `git push <remote> ${branch}, or name another branch in rota.yaml.`,
  );
}
