import { simpleGit } from 'simple-git';
import { RotaError } from '../errors.ts';

/**
 * The history as `git log --graph` draws it, newest first: for people to look at, never for decisions (those read git by
 * plumbing). On simple-git, which asks git the way a person would.
 *
 * @param without a folder: commits that change nothing outside it are left out, merges are all there
 * @throws RotaError `git`
 */
export async function readHistoryGraph(
  checkout: string,
  variables: Readonly<Record<string, string | undefined>>,
  without: string,
): Promise<string[]> {
  const env: Record<string, string> = { LC_ALL: 'C' };
  // Any other variable of the person could change what git prints; simple-git refuses those that run programs.
  for (const name of ['PATH', 'HOME']) {
    const value = variables[name];
    if (value !== undefined) env[name] = value;
  }
  try {
    const text = await simpleGit({ baseDir: checkout, timeout: { block: 10_000 } })
      .env(env)
      .raw(
        ...['log', '--graph', '--oneline', '--no-color', '--no-show-signature', '--decorate=no'],
        ...['--full-history', '--', '.', `:(exclude)${without}`],
      );
    return text.trimEnd().split('\n');
  } catch (error) {
    throw new RotaError('git', `git log failed: ${(error as Error).message.trim()}`, null, { cause: error });
  }
}
