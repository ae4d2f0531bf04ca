import { formatByteSize } from '../task/byte-size.ts';
import { type ChangedFile, type ContractFinding, GITLINK } from './changed-file.ts';
import { globMatcher } from './glob.ts';
import { type FoundSecret, findSecrets } from './secrets.ts';

/** A version of a file that the branch's history has. */
export interface PassingText {
  readonly path: string;
  /** Null: too large to be looked into. */
  readonly text: string | null;
  /** What main has at that path, when the branch took the change back; null: nothing, or it is known otherwise. */
  readonly before: string | null;
  /** Bytes. */
  readonly size: number;
}

/**
 * Secrets that a branch brings: `refused`, because what was once on main is known to everybody who has read it. A secret
 * that one of the changed files had before is no news. A password inside an address is `held`, and so is what is too large
 * to be looked into.
 *
 * @param passing every version that the branch's history has: an earlier commit of the branch lands as well
 * @param allow globs of files in which nothing is taken for a secret (rota.yaml, `secrets: {allow}`)
 */
export async function checkSecrets(
  files: readonly ChangedFile[],
  passing: readonly PassingText[],
  allow: readonly string[],
): Promise<ContractFinding[]> {
  const allowed = globMatcher(allow);
  const before = [...files.map(({ oldText }) => oldText), ...passing.map((each) => each.before)].filter(
    (text) => text !== null,
  );
  const findings: ContractFinding[] = [];
  const judged = new Set<string>();
  for (const file of files) {
    if (file.status === 'deleted' || allowed(file.path)) continue;
    const text = file.newText ?? file.newBinary;
    if (text !== null) judged.add(text);
    if (text !== null) findings.push(...(await checkText(file.path, text, before, '')));
    else if (file.unread && file.newMode !== GITLINK)
      findings.push(notLooked(file.path, file.newSize ?? 0, ''));
  }
  const unread = new Set(files.filter((file) => file.unread).map(({ path }) => path));
  for (const { path, text, size } of passing) {
    if (allowed(path) || (text !== null && judged.has(text))) continue;
    if (text !== null) findings.push(...(await checkText(path, text, before, EARLIER)));
    else if (!unread.has(path)) findings.push(notLooked(path, size, EARLIER));
  }
  return findings;
}

const EARLIER = 'an earlier commit of the branch, ';

/** One finding a file: they are all in the way, and the first is where to look. */
async function checkText(
  path: string,
  text: string,
  before: readonly string[],
  where: string,
): Promise<ContractFinding[]> {
  const found = await findSecrets(path, text);
  // The first that is news, of each kind: texts before may be many and long.
  const isNews = (secret: FoundSecret) => !before.some((old) => old.includes(secret.text));
  const worst =
    found.find((secret) => !secret.inAddress && isNews(secret)) ??
    found.find((secret) => secret.inAddress && isNews(secret));
  if (worst === undefined) return [];
  const what = `${path}: ${where}line ${worst.line}: looks like a secret (${worst.kind})`;
  if (!worst.inAddress) return [{ severity: 'refused', path, rule: 'secret', message: what }];
  return [{ severity: 'held', path, rule: 'password-in-address', message: what }];
}

function notLooked(path: string, size: number, where: string): ContractFinding {
  const message = `${path}: ${where}${formatByteSize(size)} were not looked into for secrets: too large`;
  return { severity: 'held', path, rule: 'not-looked-into', message };
}
