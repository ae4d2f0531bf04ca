import { createHash } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import type { Project } from './project.ts';
import { readConfigs } from './read-configs.ts';

/** The git settings, hooks and special files that an agent must leave alone, as bytes and hashes. */
export interface SettingsFacts {
  /** Config file -> its bytes; null: there is none. */
  readonly configs: ReadonlyMap<string, Buffer | null>;
  /** `hook pre-push`, `file info/attributes`… -> a hash of what it is. */
  readonly files: ReadonlyMap<string, string>;
}

/** What changed, in sentences. */
export interface Tampering {
  /** Nothing of this run may land, and a person has to look. */
  readonly refused: readonly string[];
  /** Somebody else may have done it: it is said, and the run goes on. */
  readonly noticed: readonly string[];
}

/** Settings with which git runs something, looks elsewhere for config or a remote, or shows other bytes than there are. */
const EXECUTABLE = new RegExp(
  `^(?:${[
    'filter|merge|mergetool|diff|difftool|core|include|includeif|alias|credential|gpg|url|http|https|protocol',
    'uploadpack|receive|pager|sequence|interactive|trailer|tar|extensions|submodule|init|browser|man|web',
  ].join('|')})\\.|^(?:pack\\.packobjectshook|uploadarchive\\.|ssh\\.|sendemail\\.|instaweb\\.|guitool\\.)`,
  'i',
);
const REMOTE = /^remote\.(.+)\.(?:url|pushurl|uploadpack|receivepack|proxy|vcs)$/i;
/** Git writes these itself. */
const HARMLESS = new Set([
  'core.repositoryformatversion',
  'core.filemode',
  'core.bare',
  'core.logallrefupdates',
]);
/** What `rota init` offers. */
const DRIVER = new Map([
  ['merge.rota.name', 'task files key by key'],
  ['merge.rota.driver', 'rota merge-file %O %A %B %P'],
]);
const DRIVER_LINE = 'backlog/**/*.md merge=rota';

/** Reads bytes only: git is asked what a config says when it has changed. */
export async function readSettingsFacts(project: Project): Promise<SettingsFacts> {
  const { gitDir } = project.repository;
  const { files } = project.system;
  const configs = await readConfigs(project);
  const found = new Map<string, string>();
  const hooks = new Set([
    join(gitDir, 'hooks'),
    ...[...configs].flatMap(([, bytes]) => hooksPaths(project, bytes)),
  ]);
  for (const folder of hooks) await addFolder(project, folder, found);
  for (const name of [
    'info/attributes',
    'info/grafts',
    'info/exclude',
    'objects/info/alternates',
    'shallow',
  ]) {
    const bytes = await files.readIfThere(join(gitDir, name)).catch(() => Buffer.from('unreadable'));
    const text = bytes === null ? '' : withoutOwnLines(project, bytes);
    if (text !== '') found.set(`file ${name}`, hash(text));
  }
  return { configs, files: found };
}

/** What differs between two readings. */
export async function compareSettings(
  project: Project,
  before: SettingsFacts,
  after: SettingsFacts,
): Promise<Tampering> {
  const refused: string[] = [];
  const noticed: string[] = [];
  const settings = { before: new Map<string, string>(), after: new Map<string, string>() };
  for (const [path, old] of before.configs) {
    const now = after.configs.get(path) ?? null;
    if (old === null ? now === null : now !== null && old.equals(now)) continue;
    const where = path.startsWith(`${project.repository.gitDir}/`) ? '' : ` of ${path}`;
    await addSettings(project, old, where, settings.before);
    await addSettings(project, now, where, settings.after);
  }
  const remotes = new Set([...settings.before.keys()].flatMap((name) => remoteOf(name) ?? []));
  for (const [name, what] of differences(
    new Map([...before.files, ...settings.before]),
    new Map([...after.files, ...settings.after]),
  )) {
    const remote = remoteOf(name);
    const minor = /^file (?:info\/exclude|shallow)$/.test(name) || (remote !== null && !remotes.has(remote));
    const whose = / of \//.test(name) ? 'the' : "the repository's";
    (minor ? noticed : refused).push(`while the agent worked, ${whose} ${name} ${what}`);
  }
  return { refused, noticed };
}

/** `name was added`, in the order of the names. */
function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): [string, string][] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((name): [string, string][] => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) return [];
    return [[name, old === undefined ? 'was added' : now === undefined ? 'was removed' : 'was changed']];
  });
}

function remoteOf(name: string): string | null {
  return REMOTE.exec(name.replace(/^setting /, '').replace(/ of \/.*$/, ''))?.[1] ?? null;
}

async function addSettings(
  project: Project,
  bytes: Buffer | null,
  where: string,
  found: Map<string, string>,
): Promise<void> {
  if (bytes === null) return;
  for (const [name, value] of await parseConfig(project, bytes)) {
    if (!(EXECUTABLE.test(name) || REMOTE.test(name)) || HARMLESS.has(name) || DRIVER.get(name) === value)
      continue;
    const key = `setting ${name}${where}`;
    found.set(key, hash(`${found.get(key) ?? ''}\n${value}`));
  }
}

async function parseConfig(project: Project, bytes: Buffer): Promise<[string, string][]> {
  // Broken by the agent: all of it counts as one changed setting.
  const args = ['config', '--file', '-', '--no-includes', '-z', '--list'];
  const said = await project.system.git.run(project.neutral.place, args, {
    input: bytes,
    ok: [0, 1, 3, 128],
  });
  if (said.code !== 0) return [['core.unreadable', said.stderr]];
  return said.stdout
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const line = entry.indexOf('\n');
      return line < 0 ? [entry, ''] : [entry.slice(0, line), entry.slice(line + 1)];
    });
}

/** A folder inside the checkout holds tracked files, which reviews and contracts look after. */
function hooksPaths(project: Project, config: Buffer | null): string[] {
  const { root, gitDir } = project.repository;
  const home = project.system.environment.variables['HOME'] ?? '/';
  const lines = (config?.toString('utf8') ?? '').split('\n');
  const named = lines.flatMap((line) => /^[^#;]*?hookspath\s*=(.*)$/i.exec(line)?.[1] ?? []);
  return named.flatMap((given) => {
    const value = given.trim().replace(/^"|"$/g, '');
    if (value === '') return [];
    const path = isAbsolute(value)
      ? value
      : value.startsWith('~/')
        ? join(home, value.slice(2))
        : join(root, value);
    return path.startsWith(`${root}/`) && !path.startsWith(`${gitDir}/`) ? [] : [path];
  });
}

async function addFolder(project: Project, folder: string, found: Map<string, string>): Promise<void> {
  const { files } = project.system;
  for (const { name, kind } of await files.list(folder).catch(() => [])) {
    if (name.endsWith('.sample') || kind === 'folder') continue;
    const path = join(folder, name);
    const facts = await files.facts(path);
    const content =
      kind === 'link' ? await files.readLink(path) : kind === 'file' ? await files.readIfThere(path) : kind;
    if (content !== null && facts !== null) found.set(`hook ${name}`, `${hash(content)} ${facts.mode}`);
  }
}

/** Lines that rota itself adds, beside other workers too. */
function withoutOwnLines({ repository, worktrees }: Project, bytes: Buffer): string {
  const own = new Set([DRIVER_LINE, `/${worktrees.slice(repository.root.length + 1)}/`, '']);
  return bytes
    .toString('latin1')
    .split('\n')
    .filter((line) => !own.has(line.replace(/\r$/, '')))
    .join('\n');
}

function hash(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
