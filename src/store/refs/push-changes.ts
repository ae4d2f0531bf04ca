import type { RefChange } from '../shared-refs.ts';
import type { NetworkGit } from './network-git.ts';

export type Pushed =
  /** `server`: what it printed for people. */
  | { readonly kind: 'pushed'; readonly server: readonly string[] }
  /**
   * Git reported what became of every ref, and nothing changed by this request. `sent`: the server said it; over http that
   * may be its answer to a request that curl repeated by itself. `again`: somebody else's transaction was under way.
   */
  | { readonly kind: 'refused'; readonly reason: string; readonly sent: boolean; readonly again: boolean }
  /** The connection broke, before or after the server did it. */
  | { readonly kind: 'unknown'; readonly reason: string };

const TIME_LIMIT = 60_000;
// Global config of the person's must not add refs or submodules to the push, or ask for a passphrase.
const ONLY_THESE = ['--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no'];

/** One atomic push: every ref must be where its change starts, or nothing happens. `options`: push options for the server. */
export async function pushChanges(
  git: NetworkGit,
  url: string,
  changes: readonly RefChange[],
  options: readonly string[] = [],
): Promise<Pushed> {
  const leases = changes.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`);
  const refspecs = changes.map(({ ref, to }) => `${to ?? ''}:${ref}`);
  const asking = options.map((option) => `--push-option=${option}`);
  const said = await git(
    ['push', '--atomic', '--porcelain', ...ONLY_THESE, ...asking, ...leases, '--', url, ...refspecs],
    TIME_LIMIT,
  );
  if (said.code === 0) return { kind: 'pushed', server: said.server };
  const refusals = refusalsOf(said.stdout);
  const reason = [refusals.join(', '), said.words].filter((part) => part !== '').join(': ');
  // Git ends its report with `Done` when it knows what became of every ref (git-push(1), OUTPUT).
  const certain =
    /^Done$/m.test(said.stdout) && refusals.length > 0 && !said.stdout.includes('[remote failure]');
  if (!certain)
    return { kind: 'unknown', reason: reason === '' ? `git push ended with exit ${said.code}` : reason };
  const sent = said.stdout.includes('[remote rejected]');
  return { kind: 'refused', reason, sent, again: refusals.some(isBusy) && !refusals.some(isFinal) };
}

/** What the lines `!<tab>from:to<tab>[remote rejected] (why)` give as reasons, each once. */
function refusalsOf(porcelain: string): string[] {
  const reasons = porcelain.split('\n').flatMap((line) => {
    const found = /^!\t[^\t]*\t\[[a-z ]+\] \((.*)\)$/.exec(line);
    return found?.[1] === undefined ? [] : [found[1]];
  });
  const own = reasons.filter((reason) => reason !== 'atomic push failed' && reason !== 'atomic push failure');
  return [...new Set(own.length > 0 ? own : reasons)];
}

/** Only decides whether to try again at once; what happened is decided by reading the remote. */
function isBusy(reason: string): boolean {
  return /stale info|lock|atomic|update ref|old value|transaction|remote ref is at|reference already exists/i.test(
    reason,
  );
}

function isFinal(reason: string): boolean {
  return /hook|protect|declin|denied|prohibit|forbid|shallow/i.test(reason);
}
