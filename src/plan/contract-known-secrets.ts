import type { ChangedFile, ContractFinding } from './changed-file.ts';
import type { PassingText } from './contract-secrets.ts';
import { globMatcher } from './glob.ts';

/** A key that this machine gives to agents or to the gate, by the name of its variable. */
export interface KnownSecret {
  readonly name: string;
  readonly value: string;
}

/**
 * The very keys that the agent was given, in what a branch brings: `refused`, whatever their format is. One that the changed
 * files had before is no news.
 *
 * @param messages of the branch's commits
 * @param allow globs of files in which nothing is taken for a secret
 */
export function checkKnownSecrets(
  {
    files,
    passing,
    messages,
  }: {
    readonly files: readonly ChangedFile[];
    readonly passing: readonly PassingText[];
    readonly messages: string;
  },
  secrets: readonly KnownSecret[],
  allow: readonly string[],
): ContractFinding[] {
  if (secrets.length === 0) return [];
  const allowed = globMatcher(allow);
  const before = [...files.map(({ oldText }) => oldText), ...passing.map((each) => each.before)];
  const news = secrets.filter(({ value }) => !before.some((old) => old?.includes(value) === true));
  const texts = [
    ...files.map((file) => ({ path: file.path, where: '', text: file.newText ?? file.newBinary })),
    ...passing.map(({ path, text }) => ({ path, where: 'an earlier commit of the branch ', text })),
  ].filter(({ path }) => !allowed(path));
  const found = new Map<string, ContractFinding>();
  const refuse = (path: string, message: string) => {
    if (!found.has(path)) found.set(path, { severity: 'refused', path, rule: 'secret', message });
  };
  for (const { name, value } of news) {
    for (const { path, where, text } of texts)
      if (text?.includes(value) === true) refuse(path, `${path}: ${where}has the value of ${name} in it`);
    if (messages.includes(value))
      refuse('.', `a commit message of the branch has the value of ${name} in it`);
  }
  return [...found.values()];
}
