import { createHash } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { commitOf, isAncestor } from '../worktree/ancestry.ts';
import type { Project } from './project.ts';

/** The repository's executable config and main, as they were before an agent started. */
export interface TamperWatch {
  /** Name of a setting, hook, attribute file or replace ref -> what it is, as a hash. */
  readonly config: ReadonlyMap<string, string>;
  /** The repository's own main; null: there is none here. */
  readonly main: string | null;
}

/** Settings with which git runs something, looks elsewhere for config, or shows other bytes than there are. */
const EXECUTABLE =
  /^(?:filter|merge|diff|core|include|includeif|alias|credential|gpg|uploadpack|extensions)\./i;
/** Git writes these itself. */
const HARMLESS = new Set([
  'core.repositoryformatversion',
  'core.filemode',
  'core.bare',
  'core.logallrefupdates',
]);

/** Reads what an agent must leave alone. Detection, not protection: rota's own git calls use none of it. */
export async function watchTampering(project: Project): Promise<TamperWatch> {
  const [config, main] = await Promise.all([
    readExecutableConfig(project),
    commitOf(project, `refs/heads/${project.branch}`),
  ]);
  return { config, main };
}

/**
 * What has been tampered with since, in sentences.
 *
 * @param branch the run's branch: commits of `base..tip` are its own
 */
export async function readTampering(
  project: Project,
  before: TamperWatch,
  branch: { readonly base: string; readonly tip: string },
): Promise<string[]> {
  const [config, moved] = await Promise.all([
    readExecutableConfig(project),
    mainMovedByAgent(project, { before: before.main, ...branch }),
  ]);
  return [...diffTamper(before.config, config), ...(moved === null ? [] : [moved])];
}

/** Every executable setting, hook, attribute file and replace ref of the repository with a hash of what it is. */
async function readExecutableConfig(project: Project): Promise<ReadonlyMap<string, string>> {
  const { gitDir } = project.repository;
  const found = new Map<string, string>();
  const args = ['for-each-ref', '--format=%(refname) %(objectname)', 'refs/replace/'];
  const [replaced, ...configs] = await Promise.all([
    project.system.git.text(project.repository.place, args),
    ...['config', 'config.worktree'].map((name) => readConfig(project, join(gitDir, name))),
  ]);
  for (const [name, value] of configs.flat()) {
    if (EXECUTABLE.test(name) && !HARMLESS.has(name))
      found.set(`setting ${name}`, hash(`${found.get(`setting ${name}`) ?? ''}\n${value}`));
  }
  const hooks = new Set([
    join(gitDir, 'hooks'),
    ...configs.flat().flatMap(([name, value]) => hooksPath(project, name, value)),
  ]);
  for (const folder of hooks) await addFolder(project, folder, found);
  for (const name of ['info/attributes', 'info/grafts', 'objects/info/alternates']) {
    const bytes = await project.system.files.readIfThere(join(gitDir, name));
    if (bytes !== null) found.set(`file ${name}`, hash(bytes));
  }
  for (const line of replaced.split('\n')) {
    const [ref, oid] = line.split(' ');
    if (ref && oid) found.set(`replace ref ${ref}`, oid);
  }
  return found;
}

/** Differences of two readings, in sentences. */
function diffTamper(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) return [];
    const what = old === undefined ? 'was added' : now === undefined ? 'was removed' : 'was changed';
    return [`while the agent worked, the repository's ${name} ${what}`];
  });
}

/**
 * A sentence if main in this repository has got commits of the run's own branch, which only rota's landing brings there; null:
 * it has not. Commits that a merge of main brought into the branch do not count.
 *
 * @param before main when the agent started
 */
async function mainMovedByAgent(
  project: Project,
  { before, base, tip }: { readonly before: string | null; readonly base: string; readonly tip: string },
): Promise<string | null> {
  const now = await commitOf(project, `refs/heads/${project.branch}`);
  if (now === before || now === null) return null;
  const own = ['rev-list', '--first-parent', tip, `^${base}`, ...(before === null ? [] : [`^${before}`])];
  const commits = (await project.system.git.text(project.repository.place, own))
    .split('\n')
    .filter((line) => line !== '');
  for (const commit of commits) {
    if (await isAncestor(project, commit, now))
      return `${project.branch} was moved to ${commit.slice(0, 10)}, a commit of this run that has not been gated`;
  }
  return null;
}

async function readConfig(project: Project, file: string): Promise<[string, string][]> {
  if ((await project.system.files.facts(file)) === null) return [];
  // Broken by the agent: all of it counts as one changed setting.
  const said = await project.system.git.run(
    project.neutral.place,
    ['config', '--file', file, '--no-includes', '-z', '--list'],
    { ok: [0, 1, 3, 128] },
  );
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
function hooksPath(project: Project, name: string, value: string): string[] {
  if (name !== 'core.hookspath' || value === '') return [];
  const { root, gitDir } = project.repository;
  const path = isAbsolute(value) ? value : join(root, value);
  return path.startsWith(`${root}/`) && !path.startsWith(`${gitDir}/`) ? [] : [path];
}

async function addFolder(project: Project, folder: string, found: Map<string, string>): Promise<void> {
  const { files } = project.system;
  for (const { name, kind } of await files.list(folder)) {
    if (name.endsWith('.sample') || kind === 'folder') continue;
    const path = join(folder, name);
    const facts = await files.facts(path);
    const content = kind === 'link' ? await files.readLink(path) : await files.readIfThere(path);
    if (content !== null && facts !== null) found.set(`hook ${name}`, `${hash(content)} ${facts.mode}`);
  }
}

function hash(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
