import type { NetworkGit } from './network-git.ts';
import { isShared } from './shared-names.ts';
import type { WireNames } from './wire-names.ts';

export type RemoteState =
  /** Main, task refs, pause and turn to land by full name, as the remote has them now. */
  | { readonly kind: 'answered'; readonly refs: ReadonlyMap<string, string> }
  | {
      readonly kind: 'unreachable';
      readonly reason: string /** Asking again may help. */;
      readonly quick: boolean;
    };

const TIME_LIMIT = 60_000;
/** A failure that took longer is no hiccup: asking again would double somebody's wait. */
const QUICK = 5_000;

/** Asks the remote for the shared refs, `also` for others by full name; all by the names that they have here. */
export async function askRemote(
  git: NetworkGit,
  where: {
    readonly url: string;
    readonly branch: string;
    readonly names: WireNames;
    readonly also?: readonly string[];
    readonly monotonic: () => number;
  },
): Promise<RemoteState> {
  const { url, branch, names, also = [], monotonic } = where;
  const started = monotonic();
  const patterns = [
    `refs/heads/${branch}`,
    'refs/rota/tasks/*',
    'refs/rota/pause',
    'refs/rota/landing',
    ...also,
  ].map(names.toWire);
  const asked = await git(['ls-remote', '--refs', '--quiet', '--', url, ...patterns], TIME_LIMIT);
  if (asked.code !== 0) {
    const reason = asked.words === '' ? `git ls-remote ended with exit ${asked.code}` : asked.words;
    return { kind: 'unreachable', reason, quick: monotonic() - started < QUICK };
  }
  const refs = new Map<string, string>();
  for (const line of asked.stdout.split('\n')) {
    const [oid, wire] = line.split('\t');
    const ref = wire === undefined ? null : names.fromWire(wire);
    // ls-remote matches the ends of names: refs/x/refs/heads/main is none of ours.
    if (oid !== undefined && ref !== null && (isShared(ref, branch) || also.includes(ref)))
      refs.set(ref, oid);
  }
  return { kind: 'answered', refs };
}
