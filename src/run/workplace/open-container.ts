import { RotaError } from '../../errors.ts';
import { CONTAINER_HOME, ENGINES, type Engine, inContainer } from '../../isolate/container.ts';
import type { Mount } from '../../isolate/mount.ts';
import type { System } from '../../system/ports.ts';
import { removeEverything } from '../gate/remove-everything.ts';
import { findOnPath } from '../project/find-on-path.ts';
import { engineEnvironment } from './engine-environment.ts';
import { type Box, type BoxWish, cannotIsolate, prepareBox, tryBox } from './prepare-box.ts';
import { noteEngine, removeContainers } from './remove-containers.ts';

/** How containers of one run are started; each program gets one of its own. */
export interface ContainerBox extends Box {
  readonly engine: Engine;
  /** Ends what is still there of them, with everything in it. */
  end(): Promise<void>;
}

/** Fetching an image takes its time. Milliseconds. */
const TRY_LIMIT = 15 * 60_000;

/**
 * Finds docker or podman and tries the image with exactly these mounts; an image that is not here yet is fetched by that.
 *
 * @throws RotaError `config` without an image, `isolation` when this machine cannot do it
 */
export async function openContainer(
  system: System,
  wish: BoxWish & { readonly run: string },
): Promise<ContainerBox> {
  const { files, random } = system;
  const { rules, run } = wish;
  const { image } = rules;
  if (image === null) throw noImage();
  const engine = await findEngine(system);
  const { own, read, missing } = await prepareBox(system, wish, system.environment.variables['HOME'] ?? '');
  await noteEngine(files, wish.folder, engine);
  const user = await userOf(system, engine);
  const base: Mount[] = [
    ...read,
    { kind: 'write', at: CONTAINER_HOME, from: own.home },
    { kind: 'write', at: '/tmp', from: own.temporary },
  ];
  const end = () => removeContainers(system, engine, run);
  const box: ContainerBox = {
    ...{ engine, missing, end },
    wrap: (start, mounts = wish.mounts) =>
      inContainer(
        {
          ...{ engine, run, image, network: rules.network, ...user },
          engineEnv: engineEnvironment(system),
          mounts: [...base, ...mounts],
          name: `rota-${random.id().toLowerCase()}`,
        },
        start,
      ),
    close: async () => {
      await end();
      await removeEverything(files, wish.folder);
    },
  };
  const telling = (lines: readonly string[]) =>
    lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
  const nothing = { argv: ['sh', '-c', ':'], cwd: '/', env: {} };
  const why = await tryBox(system, box, nothing, { limit: TRY_LIMIT, telling });
  if (why === null) return box;
  throw cannotIsolate(
    `${engine} cannot run ${image}: ${why}`,
    `Try it: ${engine} run --rm --entrypoint sh ${image} -c id`,
  );
}

async function findEngine(system: System): Promise<Engine> {
  for (const engine of ENGINES) if ((await findOnPath(system, engine)) !== null) return engine;
  throw cannotIsolate(
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

function noImage(): RotaError {
  const hint = "Name one in rota.yaml, with the project's tools and the agent in it: isolation: {image: …}";
  return new RotaError('config', '`isolation: container` needs an image, and rota.yaml names none.', hint);
}
