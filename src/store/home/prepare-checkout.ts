import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { findConversions } from './conversions.ts';
import { releaseIndexLock, takeIndexLock } from './index-lock.ts';
import type { Journal, MovedCheckout } from './journal.ts';
import { buildIndex, indexCopy, placeOf } from './new-index.ts';
import { stageNewContent } from './staging.ts';
import { type Survey, surveyCheckout } from './survey.ts';

export type Prepared =
  | { readonly kind: 'prepared'; readonly journal: Journal; readonly checkout: MovedCheckout }
  /** Its index is locked. `journal` has the checkout: what was prepared can be undone. */
  | { readonly kind: 'busy'; readonly journal: Journal }
  | { readonly kind: 'in-the-way'; readonly journal: Journal; readonly problems: readonly string[] };

/**
 * Makes a surveyed checkout ready for main's move: new content staged, index locked, everything looked at again under the
 * lock, the new index built. Nothing that a person sees has changed afterwards, except for the lock.
 *
 * @param save writes the journal that names the checkout, before anything is made for it
 */
export async function prepareCheckout(
  system: System,
  repository: Repository,
  survey: Survey,
  journal: Journal,
  save: (journal: Journal) => Promise<void>,
): Promise<Prepared> {
  const checkout = await placeHolding(system, survey, journal);
  const next: Journal = { ...journal, checkouts: [...journal.checkouts, checkout] };
  await save(next);
  await stageNewContent(system, repository, checkout, next);
  if (!(await takeIndexLock(system.files, checkout, next))) return { kind: 'busy', journal: next };
  const again = await surveyCheckout(
    system,
    repository,
    survey.checkout,
    journal.ref,
    journal.changes,
    survey,
  );
  const problems = [...again.problems];
  if (problems.length === 0) {
    const refusal = await buildIndex(system, checkout, next);
    if (refusal !== null) problems.push(refusal);
    else problems.push(...(await arrivingConversions(system, checkout, next, survey)));
  }
  if (problems.length === 0) return { kind: 'prepared', journal: next, checkout };
  await releaseIndexLock(system.files, checkout, next);
  return { kind: 'in-the-way', journal: next, problems };
}

/** Attributes that change together with the files they are about. */
async function arrivingConversions(
  system: System,
  checkout: MovedCheckout,
  journal: Journal,
  survey: Survey,
): Promise<string[]> {
  if (!journal.changes.some((change) => /(^|\/)\.gitattributes$/.test(change.path))) return [];
  const find = await findConversions(system, placeOf(checkout), journal.changes, indexCopy(checkout));
  return find(survey.settings.crlf);
}

/** Old and new files are renamed and linked, so they are held on the file system of the checkout's own files. */
async function placeHolding(system: System, survey: Survey, journal: Journal): Promise<MovedCheckout> {
  const { path, gitDir } = survey.checkout;
  const admin = join(gitDir, 'rota-aside', journal.move);
  const [root, own] = await Promise.all([system.files.facts(path), system.files.facts(gitDir)]);
  let holding = admin;
  if (root?.dev !== own?.dev) {
    holding = join(path, '.rota-aside', journal.move);
    // Committed as a link, it would lead somewhere else.
    if (((await system.files.facts(join(path, '.rota-aside')))?.kind ?? 'folder') !== 'folder')
      throw new RotaError('in-the-way', `In the checkout ${path}: .rota-aside is no folder; rename it.`);
    await system.files.makeFolder(holding);
    // Ignores itself, so that it does not show in the person's status.
    await system.files.write(join(path, '.rota-aside', '.gitignore'), '*\n');
  }
  return { path, gitDir, admin, holding, fileMode: survey.settings.fileMode };
}
