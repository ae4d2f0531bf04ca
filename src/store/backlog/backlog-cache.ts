import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { ParsedFile } from '../../task/task.ts';
import type { Repository } from '../repository.ts';

/** By path: what a blob was parsed to. */
export type CachedFiles = ReadonlyMap<string, { readonly oid: string; readonly parsed: ParsedFile }>;

/**
 * What task files were parsed to, so that a large backlog is listed fast. Disposable and outside the repository; keyed by
 * path and blob id, so that it is never out of date. Nothing but parse results is ever taken from it.
 */
export interface BacklogCache {
  /** Null: nothing usable there. */
  read(): Promise<CachedFiles | null>;
  /** Complete or not at all. That it could not be written is no failure. */
  write(files: CachedFiles): Promise<void>;
}

/** Raise it with every change of what parseTaskFile makes of a file. */
const PARSER = 1;

/** The cache in the repository's own folder below `$XDG_CACHE_HOME`. */
export function openBacklogCache(system: System, repository: Repository): BacklogCache {
  const path = join(repository.cacheDir, `backlog-${PARSER}.json`);
  return {
    read: async () => {
      try {
        return decode((await system.files.read(path)).toString('utf8'));
      } catch {
        // Missing, unreadable, torn: whatever it is, it is disposable.
        return null;
      }
    },
    write: async (files) => {
      const beside = `${path}.${system.machine.pid}-${system.random.id()}`;
      try {
        await system.files.makeFolder(repository.cacheDir);
        await system.files.write(beside, encode(files));
        await system.files.rename(beside, path);
      } catch {
        // A full or read-only disk must not keep anybody from reading the backlog.
        await system.files.removeFile(beside).catch(() => undefined);
      }
    },
  };
}

function encode(files: CachedFiles): string {
  return JSON.stringify({
    parser: PARSER,
    files: [...files].map(([path, { oid, parsed }]) => [path, oid, parsed]),
  });
}

function decode(text: string): CachedFiles | null {
  const value = JSON.parse(text) as { parser?: unknown; files?: unknown };
  if (value.parser !== PARSER || !Array.isArray(value.files)) return null;
  const files = new Map<string, { oid: string; parsed: ParsedFile }>();
  for (const entry of value.files as [unknown, unknown, unknown][]) {
    const [path, oid, parsed] = entry;
    if (typeof path !== 'string' || typeof oid !== 'string' || !isParsed(parsed, path)) return null;
    files.set(path, { oid, parsed });
  }
  return files;
}

function isParsed(value: unknown, path: string): value is ParsedFile {
  if (typeof value !== 'object' || value === null) return false;
  const parsed = value as Partial<{
    kind: string;
    file: string;
    problems: unknown;
    task: { file: string; key: string };
  }>;
  if (parsed.kind === 'task') return parsed.task?.file === path && typeof parsed.task.key === 'string';
  if (parsed.kind === 'malformed') return parsed.file === path && Array.isArray(parsed.problems);
  return parsed.kind === 'not-a-task' && parsed.file === path;
}
