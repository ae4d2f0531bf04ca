import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { makeNetwork, type Network, type NetworkMachine } from './netns.ts';
import type { TestRepo } from './repo.ts';
import { type Scene, type SceneWish, scene } from './scene.ts';
import { startSshd } from './sshd.ts';
import { until } from './until.ts';

export type Way = 'http' | 'ssh';

/** A machine with a clone of its own. */
export interface Desk {
  readonly machine: NetworkMachine;
  readonly repo: TestRepo;
}

export interface NetworkScene {
  readonly s: Scene;
  readonly network: Network;
  readonly one: Desk;
  readonly two: Desk;
}

/** Two machines, each with a clone of a remote that is on a third. The first one's clone is the scene's home. */
export async function networkScene(way: Way, wish: Omit<SceneWish, 'hub'> = {}): Promise<NetworkScene> {
  const s = await scene({ ...wish, hub: 'file' });
  const network = makeNetwork(s.box, ['one', 'two']);
  const url = way === 'ssh' ? await overSsh(s, network) : await overHttp(s, network);
  const other = s.clone('other');
  for (const repo of [s.home, other]) repo.git('remote', 'set-url', 'origin', url);
  const [one, two] = network.machines;
  return { s, network, one: { machine: one!, repo: s.home }, two: { machine: two!, repo: other } };
}

async function overSsh(s: Scene, { hub, address }: Network): Promise<string> {
  return (await startSshd(s.box, { inside: hub, address, port: 2222 })).url(s.shared.root);
}

async function overHttp(s: Scene, { hub, address }: Network): Promise<string> {
  s.shared.git('config', 'http.receivepack', 'true');
  const outfile = join(s.box.folder, 'http-hub.mjs');
  await build({
    ...{ entryPoints: [join(import.meta.dirname, 'http-hub.ts')], outfile, bundle: true },
    ...{ platform: 'node', target: 'node20.19', format: 'esm', logLevel: 'warning' },
  });
  const [program = '', ...args] = [...hub, process.execPath, outfile, s.shared.root, address, '80'];
  const child = spawn(program, args, { env: s.box.env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (piece) => (said += piece));
  await until(
    () => said.includes('ready'),
    'the hub does not start',
    () => child.exitCode !== null,
  );
  return `http://${address}/hub.git`;
}
