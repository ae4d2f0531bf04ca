import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { plainText } from '../../task/text.ts';
import { listWorktrees } from '../worktree/list-worktrees.ts';
import { type CheckoutLook, type CheckoutPlace, lookAtCheckout } from './look-at-checkout.ts';
import type { Project } from './project.ts';
import { compareStaged, type KeptIndex, keepIndex } from './staged-in.ts';
import { stampOf } from './stamp-of.ts';

/** People's checkouts, as they were. */
export type CheckoutsFacts = readonly CheckoutFacts[];

interface CheckoutFacts extends CheckoutPlace {
  /** The first checkout of the repository, where rota moves main. */
  readonly home: boolean;
  readonly look: CheckoutLook;
  readonly kept: KeptIndex;
}

/** Each costs a git process. */
const MOST_CHECKOUTS = 8;
const MOST_NAMES = 20;

/** Looks at the checkouts of people; those of runs are judged by their own contracts and gates. */
export async function readCheckoutsFacts(project: Project): Promise<CheckoutsFacts> {
  const { system, repository } = project;
  const listed = await listWorktrees(system, repository);
  const looked = await Promise.all(
    listed
      .filter(({ marker, problem }) => marker === null && problem === null)
      .slice(0, MOST_CHECKOUTS)
      .map(async ({ path, adminDir }): Promise<CheckoutFacts[]> => {
        if (path === null) return [];
        const place = { path, adminDir };
        const [look, kept] = await Promise.all([lookAtCheckout(project, place), keepIndex(project, place)]);
        return look === null ? [] : [{ ...place, home: adminDir === repository.gitDir, look, kept }];
      }),
  );
  return looked.flat();
}

/**
 * What has changed in people's checkouts, a sentence for each. A person works there all the time, so nobody is blamed and
 * nothing is undone; what they have committed, and what rota's own moves of main brought, is left out.
 */
export async function compareCheckouts(project: Project, before: CheckoutsFacts): Promise<string[]> {
  const said: string[] = [];
  for (const facts of before) {
    const where = facts.home ? 'your checkout' : `your worktree ${plainText(facts.path)}`;
    const changed = await changesIn(project, facts);
    if (changed === null)
      said.push(
        `while the agent worked, ${where} became one that git cannot look at, by you or by the agent`,
      );
    else if (changed.length > 0) said.push(inWords(where, changed));
  }
  return said;
}

/** Null: git cannot look at it now, and could before. */
async function changesIn(project: Project, before: CheckoutFacts): Promise<string[] | null> {
  const { files } = project.system;
  const after = await lookAtCheckout(project, before);
  // A worktree that is not there any more was removed, or its disk is away.
  if (after === null) return (await files.facts(before.path)) === null ? [] : null;
  const found = await changedFiles(files, before, after);
  try {
    if (after.index !== before.look.index)
      for (const [path, what] of await compareStaged(project, before, before.kept)) {
        const known = found.get(path);
        // What is staged and was never in the folder is not deleted from there.
        if (known === undefined || (known === 'deleted' && what === 'staged')) found.set(path, what);
      }
  } catch (error) {
    if (error instanceof RotaError) return null;
    throw error;
  }
  return [...found].toSorted().map(([path, what]) => `${plainText(path)}${what === '' ? '' : ` (${what})`}`);
}

/** Path -> a word about it. */
async function changedFiles(
  files: Project['system']['files'],
  { path, look }: CheckoutFacts,
  after: CheckoutLook,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const one of new Set([...look.stamps.keys(), ...after.stamps.keys()])) {
    const [was, is] = [look.stamps.get(one), after.stamps.get(one)];
    if (was === is) continue;
    if (is !== undefined) {
      found.set(one, is === 'gone' ? 'deleted' : '');
      continue;
    }
    // As the index has it now: it was taken as it was, or what was there is lost.
    const now = await stampOf(files, join(path, one));
    if (now === 'gone' && was !== 'gone') found.set(one, 'deleted');
    else if (now !== was && !one.endsWith('/')) found.set(one, 'as committed');
  }
  return found;
}

function inWords(where: string, changed: readonly string[]): string {
  const more = changed.length > MOST_NAMES ? ` and ${changed.length - MOST_NAMES} more` : '';
  const names = changed.slice(0, MOST_NAMES).join(', ');
  return `while the agent worked, these changed in ${where}, by you or by the agent: ${names}${more}; nothing was undone`;
}
