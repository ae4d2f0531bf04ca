import type { RefChange, SwapResult } from '../shared-refs.ts';
import type { RemoteState } from './ask-remote.ts';
import type { NetworkGit } from './network-git.ts';
import { type Pushed, pushChanges } from './push-changes.ts';
import type { WireNames } from './wire-names.ts';

export interface SwapDoor {
  readonly git: NetworkGit;
  readonly url: string;
  readonly names: WireNames;
  /** Reads where the refs are now, from where they are pushed. */
  readonly ask: () => Promise<RemoteState>;
  readonly pause: (attempt: number) => Promise<void>;
  readonly retries: number;
  /** Full name of main. */
  readonly main: string;
  /** Whether the remote's main has this commit in its history (reads it anew). */
  readonly contains: (commit: string) => Promise<boolean>;
}

/**
 * Compare-and-swap of several refs on a remote. What became of a push is decided by reading the remote, never by what a
 * message seems to say: a push whose connection broke may have succeeded, and repeating it would then fail.
 */
export async function swapRemotely(changes: readonly RefChange[], door: SwapDoor): Promise<SwapResult> {
  // Without refspecs git would push whatever push.default says.
  if (changes.length === 0) return { kind: 'swapped' };
  // A ref that only has to stay where it is cannot be sent: it is compared by reading.
  const moving = changes.filter(({ from, to }) => from !== to);
  let uncertain = false;
  for (let attempt = 0; ; attempt++) {
    const pushed =
      moving.length < changes.length
        ? await pushAfterComparing(changes, moving, door)
        : await push(moving, door);
    if (pushed.kind === 'pushed') return { kind: 'swapped' };
    if (pushed.kind === 'stale') return pushed;
    uncertain ||= pushed.kind === 'unknown';
    const now = await door.ask();
    const last = attempt === door.retries;
    if (now.kind === 'unreachable') {
      if (last || !now.quick) return { kind: 'unreachable', reason: pushed.reason };
    } else {
      const mayBeOurs = uncertain || (pushed.kind === 'refused' && pushed.sent);
      if (mayBeOurs && (await arrived(moving, now.refs, { ...door, uncertain }))) return { kind: 'swapped' };
      const stale = changes
        .filter(({ ref, from }) => (now.refs.get(ref) ?? null) !== from)
        .map(({ ref }) => ref);
      if (stale.length > 0) return { kind: 'stale', refs: stale };
      if (last || (pushed.kind === 'refused' && !pushed.again))
        return { kind: 'rejected', reason: pushed.reason };
    }
    await door.pause(attempt);
  }
}

async function pushAfterComparing(
  changes: readonly RefChange[],
  moving: readonly RefChange[],
  door: SwapDoor,
): Promise<Pushed | { readonly kind: 'stale'; readonly refs: readonly string[] }> {
  const now = await door.ask();
  if (now.kind === 'unreachable') return { kind: 'unknown', reason: now.reason };
  const unmoved = changes.filter(({ from, to }) => from === to);
  const stale = unmoved.filter(({ ref, from }) => (now.refs.get(ref) ?? null) !== from).map(({ ref }) => ref);
  if (stale.length > 0) return { kind: 'stale', refs: stale };
  return moving.length === 0 ? { kind: 'pushed', server: [] } : push(moving, door);
}

function push(changes: readonly RefChange[], { git, url, names }: SwapDoor): Promise<Pushed> {
  return pushChanges(
    git,
    url,
    changes.map((change) => ({ ...change, ref: names.toWire(change.ref) })),
  );
}

/**
 * Whether a push did happen although its answer is lost or sounds otherwise: every ref is where it was sent, or main has
 * gone on from there (all or nothing, so main speaks for the others). New records are unique (nonce), so one in place is
 * ours; a lone deletion counts as ours only when the answer was lost.
 */
async function arrived(
  moving: readonly RefChange[],
  now: ReadonlyMap<string, string>,
  door: SwapDoor & { readonly uncertain: boolean },
): Promise<boolean> {
  if (moving.every(({ ref, to }) => (now.get(ref) ?? null) === to)) {
    return door.uncertain || moving.some(({ to }) => to !== null);
  }
  const main = moving.find(({ ref }) => ref === door.main);
  const tip = now.get(door.main);
  if (main === undefined || main.to === null || tip === undefined || tip === main.from) return false;
  return door.contains(main.to);
}
