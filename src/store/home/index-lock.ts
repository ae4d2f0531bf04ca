import { join } from 'node:path';
import type { Files } from '../../system/ports.ts';
import type { Journal, MovedCheckout } from './journal.ts';
import { linkNew } from './link-new.ts';

/** Who holds a checkout's index. */
export type IndexHolder =
  | { readonly kind: 'nobody' }
  /** Git, or a person's program. */
  | { readonly kind: 'other' }
  | { readonly kind: 'move'; readonly move: string };

/** Reads `index.lock`. Rota's own names its move; git's is empty or a half-written index. */
export async function readIndexHolder(files: Files, gitDir: string): Promise<IndexHolder> {
  const content = await files.readIfThere(join(gitDir, 'index.lock'));
  if (content === null) return { kind: 'nobody' };
  const move = /^rota-move: (\S+)$/m.exec(content.subarray(0, 1000).toString('latin1'))?.[1];
  return move === undefined ? { kind: 'other' } : { kind: 'move', move };
}

/** Takes the index by linking a complete file, so that the lock never exists without its owner's name. False: taken. */
export async function takeIndexLock(
  files: Files,
  checkout: MovedCheckout,
  journal: Journal,
): Promise<boolean> {
  const own = join(checkout.admin, 'lock');
  await files.write(
    own,
    `rota-move: ${journal.move}\nMain is being moved here. If this file stays: rota sweep\n`,
  );
  const taken = await linkNew(files, own, join(checkout.gitDir, 'index.lock'));
  if (!taken) await files.removeFile(own);
  return taken;
}

/** Whether this move ever held the index (or died while it took it): without it no path was begun. */
export async function hasHeldIndex(files: Files, checkout: MovedCheckout): Promise<boolean> {
  return (await files.facts(join(checkout.admin, 'lock'))) !== null;
}

/** Removes the lock only if it names this move. */
export async function releaseIndexLock(
  files: Files,
  checkout: MovedCheckout,
  journal: Journal,
): Promise<void> {
  if (await holdsIndexLock(files, checkout, journal))
    await files.removeFile(join(checkout.gitDir, 'index.lock'));
}

export async function holdsIndexLock(
  files: Files,
  checkout: MovedCheckout,
  journal: Journal,
): Promise<boolean> {
  const holder = await readIndexHolder(files, checkout.gitDir);
  return holder.kind === 'move' && holder.move === journal.move;
}
