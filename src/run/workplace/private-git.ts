import { basename, dirname, join } from 'node:path';
import type { Mount } from '../../isolate/mount.ts';
import { configValue } from '../../store/config-value.ts';
import { shareShallow } from '../../store/refs/share-shallow.ts';
import type { Repository } from '../../store/repository.ts';
import { removeEverything } from '../gate/remove-everything.ts';
import type { Project } from '../project/project.ts';
import { MARKER } from '../worktree/marker.ts';
import type { WorktreePlace } from '../worktree/worktree.ts';
import { alternates } from './alternates.ts';
import { formatPrivateRefs, type PrivateRefs } from './private-refs.ts';

/** The repository's git folder as an isolated agent finds it: refs, settings and hooks of its own, the repository's objects. */
export interface PrivateGit {
  /** What it is made of now. */
  mounts(): readonly Mount[];
  /** Made anew, from the repository as it is now: what an agent did to an earlier one is not touched, it is thrown away. */
  renew(): Promise<void>;
}

/** The box of a run's agent, below the run's folder; those of its gates begin with it. A sweep takes over what a dead run left there. */
export const BOX = 'box';
/** The newest of a box, by the number at the end. */
export const PRIVATE_GIT = 'git-';
/** In it, read-only: the repository's objects. */
const LENT = 'lent';
/** Beside it, out of the agent's reach: its refs when it was made. */
export const PRIVATE_REFS = 'refs-';

/** Of the person's settings only what decides how files are compared; none of them can name a program. */
const COMPARING =
  '^core\\.(filemode|ignorecase|symlinks|autocrlf|eol|safecrlf|precomposeunicode|protectntfs)$';

/**
 * A git folder for one worktree. The repository's objects are lent to it, read-only; new objects and refs stay in the private
 * folder until rota takes the run's branch over (collect-private-git.ts). Main, other branches, tags, the person's
 * settings (which may hold credentials), hooks, rota's own folder and other worktrees are not there to be changed.
 *
 * @param folder the box's own, which nothing in the box can reach
 */
export function privateGit(project: Project, worktree: WorktreePlace, folder: string): PrivateGit {
  let count = 0;
  let hardened: readonly Mount[] = [];
  const at = (name: string) => join(folder, `${name}${count}`);
  return {
    mounts: () => hardened,
    renew: async () => {
      const before = count === 0 ? null : at(PRIVATE_GIT);
      count += 1;
      await writeGit(project, worktree, { git: at(PRIVATE_GIT), refs: at(PRIVATE_REFS) });
      hardened = await mountsOf(project, worktree, { git: at(PRIVATE_GIT), empty: join(folder, 'empty') });
      if (before !== null) await removeEverything(project.system.files, before);
    },
  };
}

interface Place {
  readonly git: string;
  readonly refs: string;
}

async function writeGit(project: Project, worktree: WorktreePlace, { git, refs }: Place): Promise<void> {
  const { system, repository, branch } = project;
  const { files } = system;
  const own = `refs/heads/${worktree.branch}`;
  for (const name of ['objects/info', 'objects/pack', LENT, 'info', 'worktrees', dirname(own)])
    await files.makeFolder(join(git, name));
  const known = await readRefs(project, own);
  const tip = known.get(own);
  await files.write(join(git, 'objects/info/alternates'), lenderOf(repository));
  await files.write(join(git, 'HEAD'), `ref: refs/heads/${branch}\n`);
  await files.write(join(git, 'config'), await configText(project));
  await files.write(join(git, 'packed-refs'), formatPrivateRefs(known));
  if (tip !== undefined) await files.write(join(git, own), `${tip}\n`);
  for (const name of ['info/exclude', 'info/attributes']) {
    const text = await files.readIfThere(join(repository.gitDir, name));
    if (text !== null) await files.write(join(git, name), text);
  }
  await shareShallow(system, repository, git);
  await files.writeWhole(refs, formatPrivateRefs(known));
}

/** Branches and tags of people, and the run's own branch. */
async function readRefs({ system, repository }: Project, own: string): Promise<PrivateRefs> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags'];
  const listed = await system.git.text(repository.place, args);
  const refs = listed
    .split('\n')
    .filter((line) => line !== '')
    .map((line): [string, string] => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]);
  return new Map(refs.filter(([ref]) => ref === own || !ref.startsWith('refs/heads/ai/')));
}

async function configText({ system, repository, identity }: Project): Promise<string> {
  const sha256 = repository.objectFormat === 'sha256';
  const asked = await system.git.run(repository.place, ['config', '-z', '--get-regexp', COMPARING], {
    ok: [0, 1],
  });
  const comparing = asked.stdout
    .toString('utf8')
    .split('\0')
    .map((entry) => /^core\.([a-z]+)\n([a-z0-9]+)$/i.exec(entry))
    .flatMap((found) => (found === null ? [] : [`\t${found[1]} = ${found[2]}`]));
  return [
    '[core]',
    `\trepositoryformatversion = ${sha256 ? 1 : 0}`,
    '\tbare = false',
    ...comparing,
    ...(sha256 ? ['[extensions]', '\tobjectformat = sha256'] : []),
    '[user]',
    `\tname = ${configValue(identity.name)}`,
    `\temail = ${configValue(identity.email)}`,
    ...['[commit]', '\tgpgSign = false', '[gc]', '\tauto = 0', '[maintenance]', '\tauto = false', ''],
  ].join('\n');
}

/** In the worktree's own administrative folder everything but what says whose it is and where it leads. */
async function mountsOf(
  { system: { files }, repository }: Project,
  { path, adminDir }: WorktreePlace,
  { git, empty }: { readonly git: string; readonly empty: string },
): Promise<Mount[]> {
  await files.write(empty, '');
  const objects = join(repository.gitDir, 'objects');
  const fixed = ['commondir', 'gitdir', 'locked', MARKER].map((name) => join(adminDir, name));
  const readOnly = [...fixed, join(path, '.git')];
  const there = await Promise.all(readOnly.map(async (at) => (await files.facts(at)) !== null));
  const settings = join(adminDir, 'config.worktree');
  const own = (await files.facts(settings))?.kind === 'file';
  return [
    { kind: 'write', at: repository.gitDir, from: git },
    { kind: 'read', at: join(repository.gitDir, LENT), from: objects },
    { kind: 'write', at: adminDir, from: adminDir },
    { kind: 'write', at: path, from: path },
    ...readOnly.filter((_, index) => there[index]).map((at): Mount => ({ kind: 'read', at, from: at })),
    { kind: 'read', at: settings, from: own ? settings : empty },
    ...(await alternates(files, objects)).map((at): Mount => ({ kind: 'read', at, from: at })),
  ];
}

/** What its `objects/info/alternates` says: where git finds the repository's objects there. */
export function lenderOf({ gitDir }: Pick<Repository, 'gitDir'>): string {
  return `${join(gitDir, LENT)}\n`;
}

/** The number of a private git folder or of the list of its refs; null: it is neither. */
export function numberOf(path: string, kind: typeof PRIVATE_GIT | typeof PRIVATE_REFS): number | null {
  const name = basename(path);
  const digits = name.startsWith(kind) ? name.slice(kind.length) : '';
  return /^[0-9]{1,6}$/.test(digits) ? Number(digits) : null;
}
