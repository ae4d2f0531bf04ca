import { join } from 'node:path';
import type { IsolationRules } from '../../config.ts';
import { RotaError } from '../../errors.ts';
import { inBwrap } from '../../isolate/bwrap.ts';
import type { Mount } from '../../isolate/mount.ts';
import type { ProgramStart } from '../../isolate/none.ts';
import { programMounts } from '../../isolate/program-mounts.ts';
import { systemMounts } from '../../isolate/system-mounts.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import { removeEverything } from '../gate/remove-everything.ts';
import { findOnPath } from '../project/find-on-path.ts';
import { bringLogin } from './bring-login.ts';

/** What a box is made for. */
export interface BoxWish {
  /** Becomes the box's own: HOME and the temporary folder are made in it. Not there yet, and only its owner's to see. */
  readonly folder: string;
  readonly rules: IsolationRules;
  /** The work itself: what of the project is in it, at which path. The last one for a path counts. */
  readonly mounts: readonly Mount[];
  /** Files below HOME that are brought as copies. */
  readonly login: readonly string[];
}

/** A place in bubblewrap, for as many programs as are started there, one after the other or at once. */
export interface Box {
  /** HOME, as programs in it call it. */
  readonly home: string;
  /** Entries of `isolation: {read: …}` that this machine does not have. */
  readonly missing: readonly string[];
  /** May be called with other mounts than before, when what is at their paths has been replaced. */
  wrap(start: ProgramStart, mounts?: readonly Mount[]): ProgramStart;
  close(): Promise<void>;
}

/** Where a HOME is, for programs of somebody who has none. */
const NO_HOME = '/home/rota';

/**
 * Makes a box and tries it. In it are the system's folders and the programs of PATH, read-only; a HOME and a temporary folder
 * of its own, which stay until it is closed; what the project's `isolation` adds; and the mounts that are asked for. Nothing else of
 * the repository's folder.
 *
 * @throws RotaError `isolation` when bwrap is missing or may not do it on this machine
 */
export async function openBox(system: System, repository: Repository, wish: BoxWish): Promise<Box> {
  const { files, environment } = system;
  const program = await findOnPath(system, 'bwrap');
  if (program === null) throw cannot('bwrap was not found', INSTALL);
  const own = { home: join(wish.folder, 'home'), temporary: join(wish.folder, 'tmp') };
  for (const folder of [wish.folder, own.home, own.temporary]) {
    await files.makeFolder(folder);
    await files.chmod(folder, 0o700);
  }
  const personsHome = environment.variables['HOME'] ?? '';
  const home = /^\/[^/]/.test(personsHome) ? personsHome.replace(/\/+$/, '') : NO_HOME;
  await bringLogin(files, personsHome, own.home, wish.login);
  const base = await baseMounts(system, repository, { wish, own, home });
  const wrap = ({ argv, cwd, env }: ProgramStart, mounts = wish.mounts): ProgramStart =>
    inBwrap(
      { program, mounts: [...base.mounts, ...mounts], network: wish.rules.network },
      { argv, cwd, env: { ...env, HOME: home, TMPDIR: '/tmp' } },
    );
  const box: Box = { home, missing: base.missing, wrap, close: () => removeEverything(files, wish.folder) };
  await tryOut(system, box);
  return box;
}

async function baseMounts(
  { files, environment }: System,
  repository: Repository,
  {
    wish,
    own,
    home,
  }: { wish: BoxWish; own: { readonly home: string; readonly temporary: string }; home: string },
): Promise<{ readonly mounts: readonly Mount[]; readonly missing: readonly string[] }> {
  const ofSystem = await systemMounts(files);
  const project = [repository.root, repository.gitDir, repository.cacheDir, repository.checkout].filter(
    (path) => path !== null,
  );
  const programs = await programMounts(files, {
    path: environment.variables['PATH'] ?? '',
    home,
    covered: ofSystem.map(({ at }) => at),
    hidden: project,
  });
  const wanted = wish.rules.read.map((path) => path.replace(/^~(?=\/)/, home));
  const there = await Promise.all(wanted.map((path) => files.realPath(path).catch(() => null)));
  return {
    mounts: [
      ...ofSystem,
      ...programs,
      ...wanted.filter((_, at) => there[at] !== null).map((at): Mount => ({ kind: 'read', at, from: at })),
      // Where they lie in a folder that can be read: what of them is in the box, `mounts` says.
      ...project.filter((at) => at !== '/').map((at): Mount => ({ kind: 'empty', at })),
      { kind: 'write', at: home, from: own.home },
      { kind: 'write', at: '/tmp', from: own.temporary },
      { kind: 'write', at: '/var/tmp', from: own.temporary },
    ],
    missing: wish.rules.read.filter((_, at) => there[at] === null),
  };
}

/** Whether this machine does it with exactly these mounts. Afterwards what ends with an error is the program's own. */
async function tryOut(system: System, box: Box): Promise<void> {
  const start = box.wrap({ argv: ['true'], cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } });
  const tried = await system.processes.run({ ...start, timeLimit: 60_000 });
  if (tried.code === 0) return;
  await box.close();
  const words = plainText(tried.stderr.trim().split('\n').at(-1) ?? '').slice(0, 300);
  const why = tried.timedOut ? 'it did not answer' : words || tried.spawnError || `exit ${tried.code}`;
  throw cannot(`bwrap does not work here: ${why}`, NAMESPACES);
}

const INSTALL =
  'Install bubblewrap (apt install bubblewrap), or let the role say `isolation: none` if its agent may do what you can.';
const NAMESPACES =
  'It needs user namespaces: see kernel.unprivileged_userns_clone, and AppArmor on Ubuntu; in a container it needs --privileged. Or let the role say `isolation: none` if its agent may do what you can.';

function cannot(why: string, hint: string): RotaError {
  return new RotaError('isolation', `This machine cannot isolate as the role asks: ${why}.`, hint);
}
