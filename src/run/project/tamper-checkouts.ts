import { join } from 'node:path';
import { plainText } from '../../task/text.ts';
import { listWorktrees } from '../worktree/list-worktrees.ts';
import { type CheckoutLook, type CheckoutPlace, lookAtCheckout } from './look-at-checkout.ts';
import type { Project } from './project.ts';
import { stampOf } from './stamp-of.ts';

/** People's checkouts, as they were. */
export type CheckoutsFacts = readonly (CheckoutPlace & {
  /** The first checkout of the repository, where rota moves main. */
  readonly home: boolean;
  readonly look: CheckoutLook;
})[];

/** Each costs two git processes. */
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
      .map(async ({ path, adminDir }) => {
        if (path === null) return [];
        const place = { path, adminDir };
        const look = await lookAtCheckout(project, place);
        return look === null ? [] : [{ ...place, home: adminDir === repository.gitDir, look }];
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
  for (const { look, home, ...place } of before) {
    const changed = await changesIn(project, place, look);
    const where = home ? 'your checkout' : `your worktree ${plainText(place.path)}`;
    if (changed === null)
      said.push(
        `while the agent worked, ${where} became one that git cannot look at, by you or by the agent`,
      );
    else if (changed.length > 0) said.push(inWords(where, changed));
  }
  return said;
}

/** Null: git cannot look at it now, and could before. */
async function changesIn(
  project: Project,
  place: CheckoutPlace,
  before: CheckoutLook,
): Promise<string[] | null> {
  const after = await lookAtCheckout(project, place);
  if (after !== null) return differences(project, place, before, after);
  // A worktree that is not there any more was removed, or its disk is away.
  return (await project.system.files.facts(place.path)) === null ? [] : null;
}

async function differences(
  { system: { files } }: Project,
  { path }: CheckoutPlace,
  before: CheckoutLook,
  after: CheckoutLook,
): Promise<string[]> {
  const paths = new Set([...before.stamps.keys(), ...after.stamps.keys()]);
  const found: string[] = [];
  for (const one of [...paths].toSorted()) {
    const [was, is] = [before.stamps.get(one), after.stamps.get(one)];
    const name = plainText(one);
    if (was === is) {
      if (before.staged.get(one) !== after.staged.get(one) && after.staged.has(one))
        found.push(`${name} (staged)`);
    } else if (is === 'gone') found.push(`${name} (deleted)`);
    else if (is !== undefined) found.push(name);
    else {
      // As HEAD has it now: it was committed as it was, or what was there is lost.
      const now = await stampOf(files, join(path, one));
      if (now === 'gone' && was !== 'gone') found.push(`${name} (deleted)`);
      else if (now !== was && !one.endsWith('/')) found.push(`${name} (as committed)`);
    }
  }
  return found;
}

function inWords(where: string, changed: readonly string[]): string {
  const more = changed.length > MOST_NAMES ? ` and ${changed.length - MOST_NAMES} more` : '';
  const names = changed.slice(0, MOST_NAMES).join(', ');
  return `while the agent worked, these changed in ${where}, by you or by the agent: ${names}${more}; nothing was undone`;
}
