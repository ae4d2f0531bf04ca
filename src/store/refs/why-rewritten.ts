import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import type { Neutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';
import { type SeenOf, seenAge, seenName } from './seen.ts';

/**
 * Whether the remote's main lost commits that it was seen to have. Whoever did that knows what they want; rota does not, so it
 * stops: work that began before would bring the old history back.
 *
 * @param before main as it was seen last, which is before it was at `now`
 * @returns null: it went on from there, or nobody can tell (a shallow clone, another remote)
 */
export async function whyRewritten(
  system: System,
  at: { readonly repository: Repository; readonly neutral: Neutral },
  of: SeenOf,
  { before, now }: { readonly before: string | undefined; readonly now: string | undefined },
): Promise<RotaError | null> {
  if (before === undefined || now === undefined || before === now) return null;
  const { repository, neutral } = at;
  const args = ['merge-base', '--is-ancestor', before, now];
  const asked = await system.git.run(neutral.place, args, { ok: [0, 1, 128] });
  if (asked.code !== 1) return null;
  const shallow = await system.files.facts(join(repository.gitDir, 'shallow'));
  if (shallow !== null || (await seenAge(system, repository, of)) === null) return null;
  const branch = plainText(of.branch);
  return new RotaError(
    'rewritten',
    `${branch} on the remote was rewritten: ${before.slice(0, 10)} was there and is not in the history of ${now.slice(0, 10)}.`,
    `Nothing is claimed or landed until a person has looked. To put it back: git push --force-with-lease=${branch}:${now} <remote> ${before}:refs/heads/${branch}. ` +
      `If it was meant: git update-ref -d ${seenName(`refs/heads/${branch}`)} in this clone, and rebase or delete the branches below ai/ that began before.`,
  );
}
