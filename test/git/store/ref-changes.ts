import { taskRef } from '../../../src/store/records/task-ref.ts';
import type { RefChange } from '../../../src/store/shared-refs.ts';
import { taskKey } from '../../../src/task/id.ts';
import type { TestStore } from './open-store.ts';

export const MAIN = 'refs/heads/main';
export const A1 = taskKey('A1');

export function change(id: string, from: string | null, to: string | null): RefChange {
  return { ref: taskRef(taskKey(id)), from, to };
}

export function shared({ shared: repo }: TestStore, ref: string): string | null {
  return repo.git('for-each-ref', '--format=%(objectname)', ref) || null;
}

/** Somebody else moves the shared main on by one commit. */
export function advance({ shared: bare }: TestStore, file: string): void {
  const blob = bare.git('hash-object', '-w', `${bare.root}/HEAD`);
  const main = bare.git('rev-parse', MAIN);
  const others = bare
    .git('ls-tree', main)
    .split('\n')
    .map((line) => line.replace(/^\d+ blob (\S+)\t(.*)$/, '$1 $2'));
  const env = ['-c', 'user.name=Other', '-c', 'user.email=other@example.org'];
  const trees = [...others, `${blob} ${file}`].map((line) => `100644,${line.replace(' ', ',')}`);
  const index = ['-c', 'core.bare=true'];
  bare.git(...index, 'read-tree', '--empty');
  for (const tree of trees) bare.git(...index, 'update-index', '--add', '--cacheinfo', tree);
  const commit = bare.git(...env, 'commit-tree', bare.git('write-tree'), '-p', main, '-m', `feat: ${file}`);
  bare.git('update-ref', MAIN, commit, main);
}
