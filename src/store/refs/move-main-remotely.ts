import type { MoveMain } from '../move-main.ts';
import type { SharedRefs } from '../shared-refs.ts';

/**
 * Moving main where there is a remote: the push is the move, and home checkouts are not touched. The caller guarantees that
 * `new` has `old` in its history; a lease alone would permit anything.
 */
export function moveMainRemotely(refs: SharedRefs, branch: string): MoveMain {
  return async (move) => {
    const main = { ref: `refs/heads/${branch}`, from: move.old, to: move.new };
    const result = await refs.swap([main, ...move.refs]);
    switch (result.kind) {
      case 'swapped':
        return { kind: 'moved', named: [] };
      case 'rejected':
        return { kind: 'in-the-way', reason: `the remote refused to move ${branch}: ${result.reason}` };
      case 'stale':
      case 'unreachable':
        return result;
      default:
        return result satisfies never;
    }
  };
}
