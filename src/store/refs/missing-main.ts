import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import type { Repository } from '../repository.ts';

/** Main is not in this repository: names the branches that are, since one of them is probably meant. */
export async function missingMain(
  system: System,
  repository: Repository,
  branch: string,
  fetchable: boolean,
): Promise<RotaError> {
  const args = ['for-each-ref', '--count=4', '--format=%(refname:lstrip=2)', 'refs/heads/'];
  const listed = await system.git.text(repository.place, args);
  const [first, ...others] = listed.split('\n').filter((name) => name !== '' && !name.startsWith('ai/'));
  const ask = fetchable ? 'Ask the remote with --fetch, or commit' : 'Commit';
  const hint =
    first === undefined
      ? `${ask} on ${branch}, or name another branch in rota.yaml.`
      : `There ${others.length > 0 ? 'are' : 'is'} ${[first, ...others].map(plainText).join(', ')}. If that is main here, put \`branch: ${plainText(first)}\` into its rota.yaml; else ${ask.toLowerCase()} on ${branch}.`;
  return new RotaError('repository', `There is no branch ${branch}, or it has no commit yet.`, hint);
}
