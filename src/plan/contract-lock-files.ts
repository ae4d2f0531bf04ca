import { isDeepStrictEqual } from 'node:util';
import type { ChangedFile, ContractFinding } from './changed-file.ts';
import { lockEntries } from './lock-entries.ts';
import { isManifestOf, lockKind } from './lock-file.ts';
import { readJson } from './runner-sections.ts';

/**
 * Lock files change together with the manifest that gives reason to, fetch from where main's already fetch, and never give
 * another content to a version that main has. `held`: an update of versions within their ranges is a person's wish.
 */
export function checkLockFiles(files: readonly ChangedFile[]): ContractFinding[] {
  return files.flatMap((file) => {
    const alone = pathsOf(file).flatMap((path) => checkAlone(file, path, files));
    return [...alone, ...checkHosts(file), ...checkIntegrity(file)];
  });
}

function held(path: string, rule: string, message: string): ContractFinding {
  return { severity: 'held', path, rule, message };
}

function checkAlone({ status }: ChangedFile, path: string, files: readonly ChangedFile[]): ContractFinding[] {
  const kind = lockKind(path);
  if (kind === null) return [];
  const given = files.some((other) =>
    pathsOf(other).some((at) => isManifestOf(kind, path, at) && givesReason(other)),
  );
  if (given) return [];
  const manifest = kind.manifests[0]?.startsWith('*') ? 'the project file' : kind.manifests[0];
  const why = `changed without a change of what ${manifest} depends on`;
  return [held(path, 'lockfile-alone', `${status} ${path}: ${why}; a lock file follows its manifest`)];
}

/** Keys of package.json from which a lock file does not follow. */
const NO_REASON = new Set([
  'scripts',
  'description',
  'keywords',
  'author',
  'contributors',
  'homepage',
  'bugs',
]);

/** A new word in the description is no reason for other packages. */
function givesReason({ path, status, oldText, newText }: ChangedFile): boolean {
  if (status !== 'modified' || !path.endsWith('package.json')) return true;
  const [old, now] = [readJson(oldText), readJson(newText)];
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...keys].some((key) => !NO_REASON.has(key) && !isDeepStrictEqual(old[key], now[key]));
}

/** Where packages come from: every `scheme://host` that the old lock file, or the kind's registry, does not have. */
function checkHosts({ path, status, oldText, newText }: ChangedFile): ContractFinding[] {
  const kind = lockKind(path);
  if (kind === null || newText === null) return [];
  const known = new Set([...kind.registries, ...hostsOf(path, oldText)]);
  const added = [...hostsOf(path, newText)].filter((host) => !known.has(host));
  return added.slice(0, 10).map((host) => {
    const why = `fetches from ${host}, from where main's lock file fetches nothing`;
    return held(path, 'lockfile-host', `${status} ${path}: ${why}`);
  });
}

function hostsOf(path: string, text: string | null): Set<string> {
  if (text === null) return new Set();
  const entries = isNpm(path) ? lockEntries(text) : null;
  // In other lock files, and in a broken one, whatever looks like an address.
  const texts = entries === null ? [text] : entries.map(({ resolved }) => resolved ?? '');
  const hosts = texts.flatMap((each) =>
    [...each.matchAll(ADDRESS)].map(([, scheme, host]) => `${scheme}://${host}`),
  );
  return new Set(hosts.map((host) => host.toLowerCase()));
}

/** Names and passwords before an `@` are no part of the host. */
const ADDRESS = /\b([a-z][a-z0-9+.-]{0,30}):\/\/(?:[^\s/"'@]{1,256}@)?([^\s/"'?#)\\,]{1,255})/gi;

/** One package, one version, another content: nobody publishes that. */
function checkIntegrity({ path, oldText, newText, status }: ChangedFile): ContractFinding[] {
  if (!isNpm(path) || oldText === null || newText === null) return [];
  const before = new Map(lockEntries(oldText)?.map((entry) => [`${entry.at} ${entry.version}`, entry]));
  const changed = (lockEntries(newText) ?? []).filter((entry) => {
    const old = before.get(`${entry.at} ${entry.version}`);
    if (old === undefined || entry.version === null) return false;
    const otherContent = old.integrity !== null && entry.integrity !== old.integrity;
    const otherPlace = old.resolved !== null && entry.resolved !== old.resolved;
    return otherContent || otherPlace;
  });
  return changed.slice(0, 10).map(({ at, version }) => {
    const what = `${at.replace(/^.*node_modules\//, '')}@${version} has another content or place than on main`;
    return held(path, 'lockfile-integrity', `${status} ${path}: ${what}, under the same version`);
  });
}

function isNpm(path: string): boolean {
  return /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/i.test(path);
}

function pathsOf({ path, from }: ChangedFile): string[] {
  return from === null ? [path] : [from, path];
}
