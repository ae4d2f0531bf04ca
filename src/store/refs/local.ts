import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import type { SharedRefs, SharedView } from '../shared-refs.ts';
import { commitRefs } from './local-transaction.ts';
import { missingMain } from './missing-main.ts';
import { refsFromText, viewOf } from './shared-names.ts';

/** The shared refs of a repository without a remote: its own. */
export function localRefs(system: System, repository: Repository, branch: string): SharedRefs {
  const main = `refs/heads/${branch}`;

  async function read(): Promise<SharedView> {
    const args = [
      'for-each-ref',
      '--format=%(objectname) %(refname)',
      main,
      'refs/rota/tasks',
      'refs/rota/pause',
    ];
    const view = viewOf(refsFromText(await system.git.text(repository.place, args)), branch, 0);
    if (view !== null) return view;
    throw await missingMain(system, repository, branch, false);
  }

  return {
    kind: 'local',
    read,
    last: read,
    swap: async (changes) => {
      if (changes.some(({ ref, from, to }) => ref === main && from !== to)) {
        throw new Error(`${main} may be checked out: only moveMain moves it in a local repository`);
      }
      return commitRefs(system, repository, changes);
    },
  };
}
