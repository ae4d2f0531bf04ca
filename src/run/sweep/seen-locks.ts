import { join } from 'node:path';
import type { Project } from '../project/project.ts';

/** Since when each lock of another machine was seen with the same token. */
export interface SeenLocks {
  /** Milliseconds for which `key` has had this token, on this machine's monotonic clock; null: seen for the first time. */
  unchangedFor(key: string, token: string): number | null;
  /** Writes what was seen now, for the next sweep of this boot. */
  save(): Promise<void>;
}

interface Sight {
  readonly token: string;
  readonly at: number;
}

/**
 * Watches locks between sweeps. Times are of the clock that counts since boot, so what another boot saw does not count; no
 * wall clock of any machine is compared.
 */
export async function openSeenLocks(project: Project): Promise<SeenLocks> {
  const { files, clock, machine } = project.system;
  const path = join(project.repository.rotaDir, 'seen-locks.json');
  const before = readSights((await files.readIfThere(path))?.toString('utf8') ?? '', machine.boot);
  const now = clock.monotonic();
  const seen = new Map<string, Sight>();
  return {
    unchangedFor: (key, token) => {
      const known = before.get(key);
      const same = known?.token === token && known.at <= now ? known : null;
      seen.set(key, same ?? { token, at: now });
      return same === null ? null : now - same.at;
    },
    save: async () => {
      if (before.size === 0 && seen.size === 0) return;
      await files.makeFolder(project.repository.rotaDir);
      await files.writeWhole(
        path,
        `${JSON.stringify({ boot: machine.boot, locks: Object.fromEntries(seen) })}\n`,
      );
    },
  };
}

/** A file that cannot be read only means that watching starts again. */
function readSights(text: string, boot: string): Map<string, Sight> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('boot' in value) || value.boot !== boot)
      return new Map();
    const locks =
      'locks' in value && typeof value.locks === 'object' && value.locks !== null ? value.locks : {};
    return new Map(Object.entries(locks).filter((entry): entry is [string, Sight] => isSight(entry[1])));
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

function isSight(value: unknown): value is Sight {
  if (typeof value !== 'object' || value === null) return false;
  return 'token' in value && typeof value.token === 'string' && 'at' in value && typeof value.at === 'number';
}
