import type { IsolationRules } from '../../config.ts';
import { plainText } from '../../task/text.ts';

/**
 * What an isolated agent can reach, in one line.
 *
 * @param work where it works: `its worktree`
 * @param missing entries of `read` that are not on this machine
 */
export function reachInWords(work: string, rules: IsolationRules, missing: readonly string[]): string {
  const read = rules.read.filter((path) => !missing.includes(path));
  const parts = [
    `the agent can change ${work} and read the project's history, the system's programs and its own login`,
    ...(read.length === 0 ? [] : [`can read ${read.join(', ')}`]),
    'nothing else of yours',
    rules.network === 'none' ? 'no network' : 'the network is open',
    ...(missing.length === 0 ? [] : [`not on this machine: ${missing.join(', ')}`]),
  ];
  return plainText(parts.join('; '));
}
