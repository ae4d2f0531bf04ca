import type { NetworkGit } from '../../store/refs/network-git.ts';
import { pushChanges } from '../../store/refs/push-changes.ts';
import type { RefChange } from '../../store/shared-refs.ts';
import type { Project } from '../project/project.ts';
import { makeProbes } from './make-probes.ts';
import type { ProbeSpot, RemoteFacts } from './remote-facts.ts';

const PATIENCE = 60_000;
/** Where branches can be that are rota's and nobody's work. */
const HEADS = 'refs/heads/rota/';
/** What git itself says before it sends anything. */
const NO_ATOMIC = /does not support --atomic/;
const NO_OPTIONS = /does not support push options/;

/**
 * Finds out what the remote allows by doing it, on names of its own that are gone afterwards, and with objects that never
 * get into the repository. Main is not moved: it is sent together with a ref that cannot be made beside another one, all or
 * nothing, after the remote has shown that it then changes nothing. Rules and hooks about main speak up before that.
 *
 * @param main the remote's main
 */
export async function probeRemote(
  project: Project,
  main: string,
  asksMain: boolean,
): Promise<RemoteFacts | { readonly refused: string }> {
  const { remote, refsPrefix, branch, system } = project;
  const { git, commits } = await makeProbes(project, main);
  const [one, two, onMain] = commits;
  const id = `doctor/${system.random.id().toLowerCase()}`;
  const push = (changes: readonly RefChange[], options: readonly string[] = []) =>
    pushChanges(git, remote!.pushUrl, changes, options);
  const list = (spot: ProbeSpot, url = remote!.url) => listRefs(git, url, [spot.a, spot.b, spot.ai]);

  const wished = spotAt(refsPrefix, id);
  const spots = refsPrefix === HEADS ? [wished] : [wished, spotAt(HEADS, id)];
  const refusals: string[] = [];
  let made: { readonly spot: ProbeSpot; readonly ai: string | null } | null = null;
  for (const spot of spots) {
    const both = [created(spot.a, one), created(spot.b, one)];
    const all = await push([...both, created(spot.ai, one)]);
    if (all.kind === 'pushed') made = { spot, ai: null };
    else if (NO_ATOMIC.test(all.reason)) return { ...NOTHING, atomic: 'missing' };
    // Nobody said anything about names: it may not be pushed at all, or not now.
    else if (all.kind === 'unknown') refusals.push(all.reason);
    else {
      const alone = await push(both);
      if (alone.kind === 'pushed') made = { spot, ai: all.reason };
      else refusals.push(alone.reason);
    }
    if (made !== null || all.kind === 'unknown') break;
  }
  if (made === null) {
    const left = await removeAll(git, remote!.pushUrl, spots);
    return left.length === 0 ? { refused: refusals[0]! } : { ...NOTHING, names: refusals[0]!, left };
  }

  const { spot } = made;
  const clash = created(`${spot.b}/c`, one);
  const together = await push([{ ref: spot.a, from: one, to: two }, clash]);
  const seen = await list(spot);
  const honest = together.kind !== 'pushed' && seen !== null && seen.get(spot.a) === one;
  const visible = seen?.has(spot.a) === true;
  const asked =
    asksMain && honest
      ? await push([{ ref: `refs/heads/${branch}`, from: main, to: onMain }, clash])
      : { kind: 'unknown' as const, reason: 'not asked' };
  const wanted = [{ ref: spot.a, from: one, to: two }];
  const first = await push(wanted, ['ci.skip']);
  const options = first.kind === 'pushed' || !NO_OPTIONS.test(first.reason);
  const replaced = options ? first : await push(wanted);
  const known = new Map([
    [spot.a, replaced.kind === 'pushed' ? two : one],
    [spot.b, one],
    ...(made.ai === null ? ([[spot.ai, one]] as const) : []),
  ]);
  const left = await removeAll(git, remote!.pushUrl, [spot], known);
  return {
    names: spot === wished ? null : refusals[0]!,
    instead: spot === wished ? null : HEADS,
    readable: visible,
    atomic: honest ? 'kept' : seen === null || !visible ? 'unknown' : 'broken',
    replace: replaced.kind === 'pushed' ? null : replaced.reason,
    branches: made.ai,
    options,
    main: mainOf(asked, together.kind === 'pushed' ? '' : together.reason),
    left,
  };
}

const NOTHING: RemoteFacts = {
  ...{ names: null, instead: null, readable: true, atomic: 'unknown', replace: null },
  ...{ branches: null, options: false, main: { kind: 'unknown', reason: 'not asked' }, left: [] },
};

function mainOf(asked: Awaited<ReturnType<typeof pushChanges>>, withoutMain: string): RemoteFacts['main'] {
  if (asked.kind === 'pushed') return { kind: 'moved' };
  if (asked.kind === 'unknown' || !asked.sent) return { kind: 'unknown', reason: asked.reason };
  // The same words as without main: nothing was said about it.
  return asked.reason === withoutMain ? { kind: 'open' } : { kind: 'refused', reason: asked.reason };
}

function spotAt(prefix: string, id: string): ProbeSpot {
  return { a: `${prefix}${id}/a`, b: `${prefix}${id}/b`, ai: `refs/heads/ai/${id}` };
}

function created(ref: string, to: string): RefChange {
  return { ref, from: null, to };
}

/** Everything that a probe may have made goes, one by one where it has to; what stays is returned. */
async function removeAll(
  git: NetworkGit,
  url: string,
  spots: readonly ProbeSpot[],
  known: ReadonlyMap<string, string> = new Map(),
): Promise<string[]> {
  const deletions = (refs: ReadonlyMap<string, string>) =>
    [...refs].map(([ref, from]) => ({ ref, from, to: null }));
  if (known.size > 0 && (await pushChanges(git, url, deletions(known))).kind === 'pushed') return [];
  const names = spots.flatMap(({ a, b, ai }) => [a, b, ai]);
  const there = await listRefs(git, url, names);
  if (there === null) return [...known.keys()];
  for (const one of deletions(there)) await pushChanges(git, url, [one]);
  return there.size === 0 ? [] : [...((await listRefs(git, url, names)) ?? there).keys()];
}

/** Null: the remote did not answer. */
async function listRefs(
  git: NetworkGit,
  url: string,
  names: readonly string[],
): Promise<Map<string, string> | null> {
  const said = await git(['ls-remote', '--refs', '--quiet', '--', url, ...names], PATIENCE);
  if (said.code !== 0) return null;
  const lines = said.stdout.split('\n').map((line) => line.split('\t'));
  return new Map(
    lines.flatMap(([oid = '', ref]) => (ref !== undefined && names.includes(ref) ? [[ref, oid]] : [])),
  );
}
