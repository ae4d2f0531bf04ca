import type { System } from '../../system/ports.ts';
import { type Neutral, openNeutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';
import { isPartial } from './is-partial.ts';
import { type NetworkAnswer, networkGit } from './network-git.ts';

const TIME_LIMIT = 10 * 60_000;
/** A clone without trees needs a round for each of them and one for the files. */
const ROUNDS = 4;

/**
 * In a partial clone: brings what these commits' trees name and the clone has not. Merges and checkouts of rota's read objects
 * alone, and nothing may start a fetch then.
 *
 * @returns null: everything is there; else what the remote said
 */
export async function completeTrees(
  system: System,
  repository: Repository,
  url: string,
  commits: readonly string[],
): Promise<NetworkAnswer | null> {
  if (commits.length === 0 || !(await isPartial(system, repository))) return null;
  // One without refs: what is wanted is named one by one, and a server that hears what is here leaves out what that implies.
  const neutral = await openNeutral(system, repository);
  try {
    const git = networkGit(system, repository, neutral);
    for (let round = 0; ; round++) {
      const missing = await missingObjects(system, neutral, commits);
      if (missing.length === 0) return null;
      const answer = await git(['fetch', ...QUIET, '--stdin', '--', url], TIME_LIMIT, lines(missing));
      if (answer.code !== 0) return answer;
      if (round === ROUNDS) return { ...answer, code: -1, words: `it left ${missing.length} objects out` };
    }
  } finally {
    await neutral.close();
  }
}

const QUIET = ['--quiet', '--filter=blob:none', '--no-tags', '--no-write-fetch-head'].concat([
  ...['--no-recurse-submodules', '--no-auto-maintenance'],
]);

async function missingObjects(
  system: System,
  neutral: Neutral,
  commits: readonly string[],
): Promise<string[]> {
  const args = ['rev-list', '--objects', '--no-walk', '--missing=print', '--no-object-names', '--stdin'];
  const listed = await system.git.text(neutral.place, args, { input: lines(commits) });
  return listed.split('\n').flatMap((line) => (line.startsWith('?') ? [line.slice(1)] : []));
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
