import type { GitPlace, System } from '../system/ports.ts';

/** The commit at which two histories parted, the best of several; null: they have nothing in common. */
export async function mergeBase(
  system: System,
  place: GitPlace,
  one: string,
  other: string,
): Promise<string | null> {
  const found = await system.git.text(place, ['merge-base', one, other], { ok: [0, 1] });
  return found.split('\n')[0] || null;
}
