import type { Config } from '../../config.ts';
import { type Problem, RotaError } from '../../errors.ts';
import { parseConfig } from '../../role/parse-config.ts';
import { parseRole } from '../../role/parse-role.ts';
import type { Role } from '../../role/role.ts';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { listTree, type TreeEntry } from './list-tree.ts';
import { readObjects } from './read-objects.ts';

/** What people decided, at one commit. */
export interface Settings {
  readonly config: Config;
  /** The roles that could be read, sorted by name. */
  readonly roles: readonly Role[];
  /** Everything that is wrong with the others. */
  readonly problems: readonly Problem[];
}

const CONFIG = 'rota.yaml';

/**
 * Reads rota.yaml and `roles/*.md` at a commit. A broken role is a problem and the others go on; without a valid rota.yaml
 * nothing can.
 *
 * @throws RotaError `config` with every problem of rota.yaml, or when there is none
 */
export async function readSettings(
  system: System,
  repository: Repository,
  commit: string,
): Promise<Settings> {
  const entries = await listTree(system, repository.place, commit, {
    names: [CONFIG, 'roles'],
    recursive: false,
  });
  const wanted = entries.filter(({ path }) => path === CONFIG || isRoleFile(path));
  const texts = await readObjects(
    system,
    repository.place,
    wanted.map(({ oid }) => oid),
  );
  const at = wanted.findIndex(({ path }) => path === CONFIG);
  const config = readConfig(wanted[at], texts[at] ?? null, commit);
  const roles: Role[] = [];
  const problems: Problem[] = [];
  wanted.forEach((entry, index) => {
    if (index === at) return;
    const found = readRole(entry, texts[index] ?? null);
    if ('role' in found) roles.push(found.role);
    else problems.push(...found.problems);
  });
  return { config, roles, problems };
}

function readConfig(entry: TreeEntry | undefined, bytes: Buffer | null, commit: string): Config {
  if (entry === undefined) {
    const hint = 'rota init writes one; commit it on main.';
    throw new RotaError('config', `There is no ${CONFIG} on main (${commit.slice(0, 10)}).`, hint);
  }
  const read =
    isPlainFile(entry) && bytes !== null
      ? parseText(bytes, (text) => parseConfig(text, CONFIG), CONFIG)
      : notAFile(CONFIG);
  if ('config' in read) return read.config;
  const lines = read.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const hint = read.problems.every(({ rule }) => rule === 'requires-rota')
    ? 'npm install --global rota@latest, or as rota came here. Tasks and locks are left alone until then.'
    : 'Correct it and commit it on main; rota reads it from there, not from a working folder.';
  throw new RotaError('config', lines.join('\n'), hint);
}

function readRole(entry: TreeEntry, bytes: Buffer | null): { role: Role } | { problems: readonly Problem[] } {
  if (!isPlainFile(entry) || bytes === null) return notAFile(entry.path);
  return parseText(bytes, (text) => parseRole(entry.path, text), entry.path);
}

function parseText<T>(
  bytes: Buffer,
  parse: (text: string) => T,
  file: string,
): T | { problems: readonly Problem[] } {
  try {
    return parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (
      !(error instanceof TypeError) ||
      (error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA'
    )
      throw error;
    return { problems: [{ file, line: 1, rule: 'encoding', message: 'the file is not UTF-8 text' }] };
  }
}

function isRoleFile(path: string): boolean {
  return path.startsWith('roles/') && path.endsWith('.md') && !/^roles\/readme\.md$/i.test(path);
}

function isPlainFile({ mode }: TreeEntry): boolean {
  return mode === '100644' || mode === '100755';
}

function notAFile(file: string): { problems: readonly Problem[] } {
  const message = 'it is not a plain file (a link, a folder or a submodule); expected the file itself';
  return { problems: [{ file, line: 1, rule: 'not-a-file', message }] };
}
