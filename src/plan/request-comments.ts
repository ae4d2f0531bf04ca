import type { RequestComment } from './request-view.ts';

/** When the newest comment that counts was written; null: there is none. */
export function newestComment(comments: readonly RequestComment[]): string | null {
  return comments.reduce<string | null>(
    (newest, { at, mayWrite }) => (mayWrite && (newest === null || at > newest) ? at : newest),
    null,
  );
}
