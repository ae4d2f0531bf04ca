import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Scene } from './scene.ts';

/** How `rota worker` ended. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents freely
  readonly doc: any;
}

/** A machine that has nothing of the repository: a cache folder of its own, far from every clone. */
export interface EmptyMachine {
  /** `rota worker` to its end, for role developer unless `args` names another. */
  work(...args: string[]): Promise<WorkerEnd>;
  start(...args: string[]): { ended: Promise<WorkerEnd>; kill(signal: NodeJS.Signals): void };
  /** Everything that workers have left in the cache. */
  left(): string[];
}

/** @param url what it clones; default: the scene's remote */
export function emptyMachine(
  s: Scene,
  { url = s.http?.url ?? s.shared.root, env = {} }: { url?: string; env?: Record<string, string> } = {},
): EmptyMachine {
  const cache = join(s.box.folder, 'empty-machine');
  const start: EmptyMachine['start'] = (...given) => {
    const role = given.includes('--role') ? [] : ['--role', 'developer'];
    const started = s.home.start(['worker', '--repo', url, ...role, ...given, '--json'], {
      env: { ...env, XDG_CACHE_HOME: cache },
    });
    const ended = started.ended.then(({ code, stderr, stdout }) => ({
      ...{ code, stderr },
      doc: stdout === '' ? null : JSON.parse(stdout),
    }));
    return { ended, kill: started.kill };
  };
  return {
    start,
    work: (...args) => start(...args).ended,
    left: () => {
      const rota = join(cache, 'rota');
      const folders = [rota, join(rota, 'workers')].filter((folder) => existsSync(folder));
      const names = folders.flatMap((folder) => readdirSync(folder));
      return names.filter((name) => name !== 'workers' && !name.startsWith('.queue'));
    },
  };
}
