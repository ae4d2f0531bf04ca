import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { assembleBacklog } from '../store/backlog/assemble-backlog.ts';
import type { Repository } from '../store/repository.ts';
import type { System } from '../system/ports.ts';
import type { ParsedFile } from '../task/task.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * What a command that only looks saw last, so that the next one need not read and parse it again while nothing has moved.
 * Disposable, outside the repository, and never read by anything that acts: agents could write it.
 */
export interface LookCache {
  /** The same look again; null: something moved, or work is going on (then its records are read). */
  read(): Promise<Snapshot | null>;
  /** Complete or not at all. That it could not be written is no failure. */
  write(snapshot: Snapshot): Promise<void>;
}

/** Everything that decides what is read: where main can be, the records, and whether there is a remote. */
const MAINS = [
  'refs/heads/main',
  'refs/heads/master',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
];
const OWN = ['refs/rota/seen', 'refs/rota/tasks', 'refs/rota/pause'];

/** @param version of rota: another one may parse differently */
export async function openLookCache(
  system: System,
  repository: Repository,
  version: string,
): Promise<LookCache> {
  const path = join(repository.cacheDir, 'look.json');
  const [refs, config] = await Promise.all([
    system.git.text(repository.place, [
      'for-each-ref',
      '--format=%(objectname) %(refname)',
      ...MAINS,
      ...OWN,
    ]),
    system.files.readIfThere(join(repository.gitDir, 'config')),
  ]);
  const settings = config?.toString('utf8') ?? '';
  // Records, a pause and remotes change without main; included files change without this one.
  const plain = !/refs\/rota\//.test(refs) && !/^\s*\[(?:remote|include)/im.test(settings);
  const key = createHash('sha256')
    .update(JSON.stringify([version, refs, settings]))
    .digest('hex');
  return {
    read: async () =>
      plain ? decode((await system.files.readIfThere(path))?.toString('utf8') ?? '', key) : null,
    write: async (snapshot) => {
      const { branch } = snapshot.config;
      if (!plain || !refs.split('\n').includes(`${snapshot.view.main} refs/heads/${branch}`)) return;
      const beside = `${path}.${system.machine.pid}`;
      try {
        await system.files.makeFolder(repository.cacheDir);
        await system.files.write(beside, `${key}\n${encode(snapshot)}`);
        await system.files.rename(beside, path);
      } catch {
        // A full or read-only disk must not keep anybody from looking.
        await system.files.removeFile(beside).catch(() => undefined);
      }
    },
  };
}

type Kept = Pick<Snapshot, 'view' | 'config' | 'roles' | 'problems' | 'pause'> & {
  readonly files: readonly ParsedFile[];
};

function encode(snapshot: Snapshot): string {
  const { view, backlog, records: _empty, ...rest } = snapshot;
  return JSON.stringify({
    ...rest,
    view: { main: view.main, age: view.age, pause: view.pause },
    files: backlog.files,
  });
}

function decode(text: string, key: string): Snapshot | null {
  const end = text.indexOf('\n');
  if (end === -1 || text.slice(0, end) !== key) return null;
  try {
    const { files, view, ...rest } = JSON.parse(text.slice(end + 1)) as Kept;
    const backlog = assembleBacklog(view.main, files);
    return { ...rest, view: { ...view, tasks: new Map() }, backlog, records: new Map() };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
