import { join } from 'node:path';
import { ENGINES, type Engine, RUN_LABEL } from '../../isolate/container.ts';
import type { Files, System } from '../../system/ports.ts';
import { engineEnvironment } from './engine-environment.ts';

/** In a box's folder: what its containers were made with. */
const NOTE = 'container';
/** Milliseconds. */
const LIMIT = 60_000;

/** Before the first container is made: who finds the box of a dead run then ends what is in there. */
export function noteEngine(files: Files, box: string, engine: Engine): Promise<void> {
  return files.write(join(box, NOTE), engine);
}

/** What the containers of a box were made with; null: it has none. */
export async function readEngine(files: Files, box: string): Promise<Engine | null> {
  const noted = (await files.readIfThere(join(box, NOTE)))?.toString('utf8');
  return ENGINES.find((engine) => engine === noted) ?? null;
}

/** Ends and removes every container of a run. None is fine, and so is an engine that does not answer: it is asked again by a sweep. */
export async function removeContainers(system: System, engine: Engine, run: string): Promise<void> {
  const call = (...args: string[]) =>
    system.processes.run({
      argv: [engine, ...args],
      cwd: '/',
      env: engineEnvironment(system),
      timeLimit: LIMIT,
    });
  const listed = await call('ps', '--all', '--quiet', '--filter', `label=${RUN_LABEL}=${run}`);
  const ids = listed.stdout
    .toString('utf8')
    .split('\n')
    .filter((id) => /^[0-9a-f]{8,64}$/.test(id));
  if (ids.length > 0) await call('rm', '--force', ...ids);
}
