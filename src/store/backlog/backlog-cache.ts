import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { type CachedBacklog, decodeCache, encodeCache } from './cache-text.ts';

/**
 * What task files were parsed to, so that a large backlog is listed fast. Disposable and outside the repository; keyed by
 * object ids, so that it is never out of date. Nothing but parse results is ever taken from it.
 */
export interface BacklogCache {
  /** Null: nothing usable there. */
  read(): Promise<CachedBacklog | null>;
  /** Complete or not at all. That it could not be written is no failure. */
  write(backlog: CachedBacklog): Promise<void>;
}

/** Raise it with every change of what parseTaskFile makes of a file. */
const PARSER = 2;

/** The cache in the repository's own folder below `$XDG_CACHE_HOME`. */
export function openBacklogCache(system: System, repository: Repository): BacklogCache {
  const path = join(repository.cacheDir, `backlog-${PARSER}.json`);
  return {
    read: async () => {
      try {
        return decodeCache(PARSER, (await system.files.read(path)).toString('utf8'));
      } catch {
        // Missing, unreadable, torn: whatever it is, it is disposable.
        return null;
      }
    },
    write: async (backlog) => {
      const beside = `${path}.${system.machine.pid}-${system.random.id()}`;
      try {
        await system.files.makeFolder(repository.cacheDir);
        await system.files.write(beside, encodeCache(PARSER, backlog));
        await system.files.rename(beside, path);
      } catch {
        // A full or read-only disk must not keep anybody from reading the backlog.
        await system.files.removeFile(beside).catch(() => undefined);
      }
    },
  };
}
