import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import type { Neutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';
import type { RefChange } from '../shared-refs.ts';
import type { Remote } from './find-remote.ts';
import { networkGit } from './network-git.ts';
import { type Pushed, pushChanges } from './push-changes.ts';

const ASK_LIMIT = 60_000;

/**
 * Rota's own branches on the remote. All changes are best effort: the reason why it did not work is returned, null when it did.
 * Where a branch was when this process looked last is remembered: a change starts from there, and asks only when its lease
 * says that this is not so.
 */
export interface RemoteBranches {
  /**
   * Where the remote has a branch now; null: it has none.
   *
   * @throws RotaError `remote` when the remote cannot be asked
   */
  tip(ref: string): Promise<string | null>;
  /** Puts a branch there. A tip that is not in `tip`'s history is never overwritten. */
  push(ref: string, tip: string): Promise<string | null>;
  /** The same, telling the server something with it (push options, without line breaks). */
  pushWith(ref: string, tip: string, options: readonly string[]): Promise<PushedWith>;
  /** Deletes a branch whose tip is in `landed`'s history; any other is left alone. */
  remove(ref: string, landed: string): Promise<string | null>;
  /** Every branch whose full name begins so, with its tip; null: the remote did not answer. */
  list(prefix: string): Promise<ReadonlyMap<string, string> | null>;
}

export type PushedWith =
  /** `server`: what it printed for people. */
  | { readonly kind: 'pushed'; readonly server: readonly string[] }
  /** The branch was there already: git tells the server nothing then. */
  | { readonly kind: 'there' }
  /** This server takes no push options, and nothing was pushed. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'failed'; readonly reason: string };

export function remoteBranches(
  system: System,
  repository: Repository,
  neutral: Neutral,
  remote: Remote,
): RemoteBranches {
  const git = networkGit(system, repository, neutral);
  const remembered = new Map<string, string | null>();

  async function ask(url: string, ref: string): Promise<{ tip: string | null } | { reason: string }> {
    const said = await git(['ls-remote', '--refs', '--quiet', '--', url, ref], ASK_LIMIT);
    if (said.code !== 0) return { reason: said.words };
    const line = said.stdout.split('\n').find((entry) => entry.endsWith(`\t${ref}`));
    const tip = line === undefined ? null : line.slice(0, line.indexOf('\t'));
    remembered.set(ref, tip);
    return { tip };
  }

  async function swap(change: RefChange, options: readonly string[]): Promise<Pushed> {
    remembered.delete(change.ref);
    const pushed = await pushChanges(git, remote.pushUrl, [change], options);
    if (pushed.kind === 'pushed') remembered.set(change.ref, change.to);
    return pushed;
  }

  async function contains(commit: string, ancestor: string): Promise<boolean> {
    const answer = await system.git.run(neutral.place, ['merge-base', '--is-ancestor', ancestor, commit], {
      ok: [0, 1, 128],
    });
    return answer.code === 0;
  }

  async function change(
    ref: string,
    to: string | null,
    known: string,
    options: readonly string[],
  ): Promise<PushedWith> {
    const from = remembered.get(ref);
    // What a push tells the server is told once: only who has asked knows that it will be sent.
    const sure = options.length === 0 && from !== undefined && from !== to;
    if (sure && (from === null || (await contains(known, from)))) {
      const pushed = await swap({ ref, from, to }, options);
      if (pushed.kind === 'pushed') return pushed;
    }
    const now = await ask(remote.pushUrl, ref);
    if ('reason' in now) return { kind: 'failed', reason: now.reason };
    if (now.tip === to) return { kind: 'there' };
    if (now.tip !== null && !(await contains(known, now.tip)))
      return { kind: 'failed', reason: `${ref} on the remote has commits that are not here` };
    const pushed = await swap({ ref, from: now.tip, to }, options);
    if (pushed.kind === 'pushed') return pushed;
    const unsupported = options.length > 0 && /does not support push options/.test(pushed.reason);
    return unsupported ? { kind: 'unsupported' } : { kind: 'failed', reason: pushed.reason };
  }

  async function changeOnly(ref: string, to: string | null, known: string): Promise<string | null> {
    const changed = await change(ref, to, known, []);
    return changed.kind === 'failed' ? changed.reason : null;
  }

  return {
    tip: async (ref) => {
      const asked = await ask(remote.url, ref);
      if ('tip' in asked) return asked.tip;
      throw new RotaError(
        'remote',
        `The remote could not be asked for the branch: ${asked.reason}`,
        'Run it again when it is there.',
      );
    },
    push: (ref, tip) => changeOnly(ref, tip, tip),
    pushWith: (ref, tip, options) => change(ref, tip, tip, options),
    remove: (ref, landed) => changeOnly(ref, null, landed),
    list: async (prefix) => {
      const said = await git(
        ['ls-remote', '--refs', '--quiet', '--', remote.pushUrl, `${prefix}*`],
        ASK_LIMIT,
      );
      if (said.code !== 0) return null;
      const found = new Map<string, string>();
      for (const line of said.stdout.split('\n')) {
        const [oid, ref] = line.split('\t');
        // ls-remote matches the ends of names, too.
        if (oid !== undefined && ref?.startsWith(prefix)) found.set(ref, oid);
      }
      return found;
    },
  };
}
