import { formatByteSize } from '../task/byte-size.ts';
import { type ChangedFile, type ContractFinding, GITLINK } from './changed-file.ts';
import { globMatcher } from './glob.ts';
import { findSecrets } from './secrets.ts';

/**
 * Secrets that a branch brings: `refused`, because what was once on main is known to everybody who has read it. A secret
 * that one of the changed files had before is no news. A password inside an address is `held`, and so is what is too large
 * to be looked into.
 *
 * @param allow globs of files in which nothing is taken for a secret (rota.yaml, `secrets: {allow}`)
 */
export async function checkSecrets(
  files: readonly ChangedFile[],
  allow: readonly string[],
): Promise<ContractFinding[]> {
  const allowed = globMatcher(allow);
  const looked = files.filter(({ path, status }) => status !== 'deleted' && !allowed(path));
  const before = files.flatMap(({ oldText }) => oldText ?? []);
  const findings: ContractFinding[] = [];
  for (const file of looked) {
    const text = file.newText ?? file.newBinary;
    if (text !== null) findings.push(...(await checkText(file.path, text, before)));
    else if (file.unread && file.newMode !== GITLINK) findings.push(notLooked(file));
  }
  return findings;
}

/** One finding a file: they are all in the way, and the first is where to look. */
async function checkText(path: string, text: string, before: readonly string[]): Promise<ContractFinding[]> {
  const found = await findSecrets(path, text);
  const added = found.filter((secret) => !before.some((old) => old.includes(secret.text)));
  const worst = added.find(({ inAddress }) => !inAddress) ?? added[0];
  if (worst === undefined) return [];
  const what = `${path}: line ${worst.line}: looks like a secret (${worst.kind})`;
  if (!worst.inAddress) return [{ severity: 'refused', path, rule: 'secret', message: what }];
  return [{ severity: 'held', path, rule: 'password-in-address', message: what }];
}

function notLooked({ path, newSize }: ChangedFile): ContractFinding {
  const message = `${path}: ${formatByteSize(newSize ?? 0)} were not looked into for secrets: too large`;
  return { severity: 'held', path, rule: 'not-looked-into', message };
}
