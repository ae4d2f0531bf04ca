import { join } from 'node:path';
import type { IsolationRules } from '../../config.ts';
import { RotaError } from '../../errors.ts';
import { CONTAINER_HOME, ENGINES, type Engine, inContainer } from '../../isolate/container.ts';
import type { Mount } from '../../isolate/mount.ts';
import type { ProgramStart } from '../../isolate/none.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import { removeEverything } from '../gate/remove-everything.ts';
import { findOnPath } from '../project/find-on-path.ts';
import { bringLogin } from './bring-login.ts';
import { engineEnvironment } from './engine-environment.ts';
import { noteEngine, removeContainers } from './remove-containers.ts';

export interface ContainerWish {
  readonly run: string;
  /** Becomes the container's own: HOME and the temporary folder are made in it. */
  readonly folder: string;
  readonly rules: IsolationRules;
  readonly mounts: readonly Mount[];
  /** Files below HOME that are brought as copies. */
  readonly login: readonly string[];
}

/** How containers of one run are started; each program gets one of its own. */
export interface ContainerBox {
  readonly engine: Engine;
  /** Entries of `isolation: {read: …}` that this machine does not have. */
  readonly missing: readonly string[];
  /** @param mounts instead of the wish's */
  wrap(start: ProgramStart, mounts?: readonly Mount[]): ProgramStart;
  /** Ends what is still there of them, with everything in it. */
  end(): Promise<void>;
  close(): Promise<void>;
}

/** Fetching an image takes its time. Milliseconds. */
const TRY_LIMIT = 15 * 60_000;

/**
 * Finds docker or podman and tries the image with exactly these mounts; an image that is not here yet is fetched by that.
 *
 * @throws RotaError `config` without an image, `isolation` when this machine cannot do it
 */
export async function openContainer(system: System, wish: ContainerWish): Promise<ContainerBox> {
  const { files, random } = system;
  const { rules, run } = wish;
  if (rules.image === null) throw noImage();
  const engine = await findEngine(system);
  const own = { home: join(wish.folder, 'home'), temporary: join(wish.folder, 'tmp') };
  for (const folder of [wish.folder, own.home, own.temporary]) {
    await files.makeFolder(folder);
    await files.chmod(folder, 0o700);
  }
  await noteEngine(files, wish.folder, engine);
  const personsHome = system.environment.variables['HOME'] ?? '';
  await bringLogin(files, personsHome, own.home, wish.login);
  const user = await userOf(system, engine);
  const wanted = rules.read.map((path) => path.replace(/^~(?=\/)/, personsHome));
  const there = await Promise.all(wanted.map((path) => files.realPath(path).catch(() => null)));
  const base: Mount[] = [
    ...wanted.filter((_, at) => there[at] !== null).map((at): Mount => ({ kind: 'read', at, from: at })),
    { kind: 'write', at: CONTAINER_HOME, from: own.home },
    { kind: 'write', at: '/tmp', from: own.temporary },
  ];
  const wrap = (start: ProgramStart, mounts = wish.mounts): ProgramStart =>
    inContainer(
      {
        ...{ engine, run, image: rules.image ?? '', network: rules.network, ...user },
        engineEnv: engineEnvironment(system),
        mounts: [...base, ...mounts],
        name: `rota-${random.id().toLowerCase()}`,
      },
      start,
    );
  const box: ContainerBox = {
    engine,
    missing: rules.read.filter((_, at) => there[at] === null),
    wrap,
    end: () => removeContainers(system, engine, run),
    close: async () => {
      await removeContainers(system, engine, run);
      await removeEverything(files, wish.folder);
    },
  };
  await tryOut(system, box, rules.image);
  return box;
}

async function findEngine(system: System): Promise<Engine> {
  for (const engine of ENGINES) if ((await findOnPath(system, engine)) !== null) return engine;
  throw cannot(
    'neither podman nor docker was found',
    'Install podman or docker, or change `isolation` of the role.',
  );
}

/** Where the engine itself runs without root, its root is the person. */
async function userOf(
  system: System,
  engine: Engine,
): Promise<{ readonly user: string; readonly keepId: boolean }> {
  const ask = async (...argv: string[]) => {
    const env = { ...engineEnvironment(system), LC_ALL: 'C' };
    const asked = await system.processes.run({ argv, cwd: '/', env, timeLimit: 60_000 });
    return asked.code === 0 ? asked.stdout.toString('utf8').trim() : '';
  };
  const [uid, gid] = [await ask('id', '-u'), await ask('id', '-g')];
  const user = `${uid}:${gid}`;
  if (engine === 'podman') return { user, keepId: uid !== '0' };
  const options = await ask('docker', 'info', '--format', '{{.SecurityOptions}}');
  return { user: options.includes('rootless') ? '0:0' : user, keepId: false };
}

async function tryOut(system: System, box: ContainerBox, image: string): Promise<void> {
  const start = box.wrap({ argv: ['sh', '-c', ':'], cwd: '/', env: {} });
  const tried = await system.processes.run({ ...start, timeLimit: TRY_LIMIT });
  if (tried.code === 0) return;
  await box.close();
  const lines = tried.stderr.trim().split('\n');
  const words = plainText(lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? '').slice(0, 300);
  const why = tried.timedOut ? 'it took too long' : words || tried.spawnError || `exit ${tried.code}`;
  throw cannot(
    `${box.engine} cannot run ${image}: ${why}`,
    `Try it: ${box.engine} run --rm --entrypoint sh ${image} -c id`,
  );
}

function noImage(): RotaError {
  const hint = "Name one in rota.yaml, with the project's tools and the agent in it: isolation: {image: …}";
  return new RotaError('config', '`isolation: container` needs an image, and rota.yaml names none.', hint);
}

function cannot(why: string, hint: string): RotaError {
  return new RotaError('isolation', `This machine cannot isolate as the role asks: ${why}.`, hint);
}
