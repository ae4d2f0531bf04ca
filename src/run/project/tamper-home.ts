import { join } from 'node:path';
import type { Files } from '../../system/ports.ts';
import type { Project } from './project.ts';
import { stampOf } from './stamp-of.ts';

/** What starts programs of the person's, as it was: path -> stamp. */
export type HomeFacts = ReadonlyMap<string, string>;

/** Below HOME: what shells, ssh, git and package managers read before they do anything. */
const START_FILES = [
  ...['.profile', '.bash_profile', '.bash_login', '.bashrc', '.bash_aliases', '.bash_logout', '.inputrc'],
  ...[
    '.zshenv',
    '.zprofile',
    '.zshrc',
    '.zlogin',
    '.zlogout',
    '.config/fish/config.fish',
    '.envrc',
    '.direnvrc',
  ],
  ...['.pam_environment', '.xprofile', '.xinitrc', '.config/git/attributes', '.config/git/ignore'],
  ...['.ssh/authorized_keys', '.ssh/config', '.ssh/rc', '.ssh/environment', '.npmrc', '.vimrc', '.exrc'],
];
/** Each file in them is started by somebody. */
const START_FOLDERS = [
  ...['.config/autostart', '.config/systemd/user', '.config/environment.d', '.config/fish/conf.d'],
  ...['.bashrc.d', 'Library/LaunchAgents'],
];
const MOST_IN_FOLDER = 100;

/** Looks at what starts by itself in a person's HOME, and at which programs their PATH leads to. Stamps only. */
export async function readHomeFacts(project: Project): Promise<HomeFacts> {
  const { files, environment } = project.system;
  const { HOME = '', PATH = '' } = environment.variables;
  const found = new Map<string, string>();
  if (HOME.startsWith('/')) {
    await Promise.all(START_FILES.map(async (name) => addFile(files, join(HOME, name), found)));
    await Promise.all(START_FOLDERS.map(async (name) => addFolder(files, join(HOME, name), found)));
  }
  // Those of the project change with its dependencies.
  const { root } = project.repository;
  const folders = PATH.split(':').filter(
    (path) => path.startsWith('/') && !`${path}/`.startsWith(`${root}/`),
  );
  await Promise.all(
    [...new Set(folders)].map(async (path) => {
      const real = await files.realPath(path).catch(() => null);
      const facts = real === null ? null : await files.facts(real);
      if (facts !== null) found.set(path, `${facts.ino} ${facts.mtimeMs}`);
    }),
  );
  return found;
}

/** What is different, in a sentence. An installer does that as well, for the person or for the agent: nothing is undone. */
export function compareHome(before: HomeFacts, after: HomeFacts): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const changed = paths.filter((path) => before.get(path) !== after.get(path));
  if (changed.length === 0) return [];
  const names = changed.slice(0, 10).join(', ');
  const more = changed.length > 10 ? ` and ${changed.length - 10} more` : '';
  return [
    `while the agent worked, what your programs start with was changed, by you or by the agent: ${names}${more}; look at it before you open a shell`,
  ];
}

async function addFile(files: Files, path: string, found: Map<string, string>): Promise<void> {
  const stamp = await stampOf(files, path);
  if (stamp === 'gone') return;
  // Many keep theirs elsewhere, with a link.
  const real = stamp.startsWith('link ') ? await files.realPath(path).catch(() => path) : path;
  found.set(path, real === path ? stamp : `${stamp} ${await stampOf(files, real)}`);
}

async function addFolder(files: Files, folder: string, found: Map<string, string>): Promise<void> {
  const listed = await files.list(folder).catch(() => []);
  const names = listed.map(({ name }) => name).toSorted();
  for (const name of names.slice(0, MOST_IN_FOLDER)) await addFile(files, join(folder, name), found);
}
