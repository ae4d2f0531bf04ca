import type { BacklogCache } from './backlog-cache.ts';
import type { CachedBacklog } from './cache-text.ts';

/**
 * What this process read last, by object ids: the next commit's backlog differs in a few files. For commands that act, which
 * trust nothing on disk that an agent could have written.
 */
export function memoryBacklogCache(): BacklogCache {
  let last: CachedBacklog | null = null;
  return {
    read: async () => last,
    write: async (backlog) => {
      last = backlog;
    },
  };
}
