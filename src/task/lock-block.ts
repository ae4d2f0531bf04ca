import { nearestName } from './nearest.ts';
import type { LockBlock } from './task.ts';
import { hasUnsafeText, plainText } from './text.ts';

const KEYS = ['run', 'role', 'by', 'since', 'branch'] as const;

/** The `lock:` value of a task file: a map, or just a name (`lock: mike` is `{by: mike}`). */
export function readLockBlock(value: unknown, bad: (message: string) => void): LockBlock | null {
  if (typeof value === 'string' || typeof value === 'number') {
    const by = lockText(value);
    if (by === null) bad('must be a name or a map like {by: mike}, without control characters');
    return by === null ? null : { run: null, role: null, by, since: null, branch: null };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    bad('must be a name or a map like {by: mike}');
    return null;
  }
  const map = value as Readonly<Record<string, unknown>>;
  const block: Record<(typeof KEYS)[number], string | null> = {
    run: null,
    role: null,
    by: null,
    since: null,
    branch: null,
  };
  for (const key of KEYS) {
    const own = Object.hasOwn(map, key) ? map[key] : null;
    if (own === null) continue;
    block[key] = lockText(own);
    if (block[key] === null) bad(`has a \`${key}\` that is not one line of text`);
  }
  for (const key of Object.keys(map)) {
    // A slip here matters: without `run` the lock would be a person's.
    const near = (KEYS as readonly string[]).includes(key) ? null : nearestName(key, KEYS);
    if (near !== null) bad(`has an unknown key \`${plainText(key)}\`; did you mean \`${near}\`?`);
  }
  // `{}` or a slip in `run` must not pass for a person's lock.
  const unread = [map['run'], map['by']].some((value) => value !== null && value !== undefined);
  if (block.run === null && block.by === null && !unread)
    bad('needs `by`, the name of who holds it, like {by: mike}');
  return block;
}

function lockText(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.trim() === '' || text.length > 300 || hasUnsafeText(text)) return null;
  return text;
}
