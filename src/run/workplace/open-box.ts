import { inBwrap } from '../../isolate/bwrap.ts';
import type { Mount } from '../../isolate/mount.ts';
import type { ProgramStart } from '../../isolate/none.ts';
import { programMounts } from '../../isolate/program-mounts.ts';
import { systemMounts } from '../../isolate/system-mounts.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { removeEverything } from '../gate/remove-everything.ts';
import { findOnPath } from '../project/find-on-path.ts';
import {
  type Box,
  type BoxWish,
  cannotIsolate,
  type PreparedBox,
  prepareBox,
  tryBox,
} from './prepare-box.ts';

/** Where a HOME is, for programs of somebody who has none. */
const NO_HOME = '/home/rota';

/**
 * Makes a box in bubblewrap and tries it. In it are the system's folders and the programs of PATH, read-only; a HOME and a
 * temporary folder of its own, which stay until it is closed; what the project's `isolation` adds; and the mounts that are asked
 * for. Nothing else of the repository's folder.
 *
 * @throws RotaError `isolation` when bwrap is missing or may not do it on this machine
 */
export async function openBox(
  system: System,
  repository: Repository,
  wish: BoxWish,
): Promise<Box & { /** HOME, as programs in it call it. */ readonly home: string }> {
  const { files, environment } = system;
  const program = await findOnPath(system, 'bwrap');
  if (program === null) throw cannotIsolate('bwrap was not found', INSTALL);
  const personsHome = environment.variables['HOME'] ?? '';
  const home = /^\/[^/]/.test(personsHome) ? personsHome.replace(/\/+$/, '') : NO_HOME;
  const prepared = await prepareBox(system, wish, home);
  const base = await baseMounts(system, repository, prepared, home);
  const wrap = ({ argv, cwd, env }: ProgramStart, mounts = wish.mounts): ProgramStart =>
    inBwrap(
      { program, mounts: [...base, ...mounts], network: wish.rules.network },
      { argv, cwd, env: { ...env, HOME: home, TMPDIR: '/tmp' } },
    );
  const close = () => removeEverything(files, wish.folder);
  const box = { home, missing: prepared.missing, wrap, close };
  const nothing = { argv: ['true'], cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } };
  const why = await tryBox(system, box, nothing, { limit: 60_000, telling: (lines) => lines.at(-1) ?? '' });
  if (why !== null) throw cannotIsolate(`bwrap does not work here: ${why}`, NAMESPACES);
  return box;
}

async function baseMounts(
  { files, environment }: System,
  repository: Repository,
  { own, read }: PreparedBox,
  home: string,
): Promise<readonly Mount[]> {
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
  return [
    ...ofSystem,
    ...programs,
    ...read,
    // Where they lie in a folder that can be read: what of them is in the box, `mounts` says.
    ...project.filter((at) => at !== '/').map((at): Mount => ({ kind: 'empty', at })),
    { kind: 'write', at: home, from: own.home },
    { kind: 'write', at: '/tmp', from: own.temporary },
    { kind: 'write', at: '/var/tmp', from: own.temporary },
  ];
}

const INSTALL =
  'Install bubblewrap (apt install bubblewrap), or let the role say `isolation: none` if its agent may do what you can.';
const NAMESPACES =
  'It needs user namespaces: see kernel.unprivileged_userns_clone, and AppArmor on Ubuntu; in a container it needs --privileged. Or let the role say `isolation: none` if its agent may do what you can.';
