import { checkSaves, checkWrites, type Save } from './check-bytes.ts';
import { checkGreen, checkLandings, checkStays, type Gate } from './check-history.ts';
import { checkProcesses, type Processes } from './check-processes.ts';
import { checkCheckout, checkRepository } from './check-repository.ts';
import { checkTasks } from './check-tasks.ts';
import { gitReader } from './git-reader.ts';
import { mainHistory } from './read-main.ts';

export interface Where {
  /** The repository whose main counts: the remote, or the only one. */
  readonly shared: string;
  /** The others that work with it: its clones. */
  readonly clones?: readonly string[];
  /** Default: main. */
  readonly branch?: string;
}

/** What else is known, and is checked then. */
export interface CheckOptions {
  readonly gate?: Gate;
  /** Address of the commits that rota makes, when people have another: landings that they amended are theirs. */
  readonly worker?: string;
  /** Ids that there must be; all that are on main are looked at anyway. */
  readonly tasks?: readonly string[];
  /** Saves that a person was told of, by repository (as in `Where`). */
  readonly saves?: Readonly<Record<string, readonly Save[]>>;
  /** Everything that rota printed: what is only held aside must be named there. */
  readonly said?: string;
  /** What agents wrote to the end. Paths are for the sentence, and tell which write replaced which. */
  readonly writes?: readonly Save[];
  /** Paths that only landings bring, and that stay once they have landed. */
  readonly stays?: RegExp;
  /** Where checkouts may differ from HEAD; default: not looked at. */
  readonly mayDiffer?: (path: string, repository: string) => boolean;
  /** Lock files of a git that was none of rota's. */
  readonly foreignLock?: (path: string) => boolean;
  readonly processes?: Processes;
}

/**
 * The independent checker of docs/promises.md: what must hold once no worker lives and a sweep or two has passed. It reads git,
 * the file system and /proc; no line of it is shared with rota.
 *
 * @returns what is violated, one sentence each; empty: sound
 */
export async function checkSound(where: Where, options: CheckOptions = {}): Promise<string[]> {
  const { branch = 'main', clones = [] } = where;
  const shared = gitReader(where.shared);
  const readers = [shared, ...clones.map(gitReader)];
  const wrong: string[] = [];
  for (const reader of readers) {
    wrong.push(...checkRepository(reader, options.foreignLock ?? (() => false)));
    if (options.mayDiffer !== undefined)
      wrong.push(...checkCheckout(reader, (path) => options.mayDiffer!(path, reader.root)));
    const saves = options.saves?.[reader.root];
    if (saves !== undefined) wrong.push(...checkSaves(reader, saves, options.said ?? null));
  }
  const history = mainHistory(shared, branch);
  wrong.push(...checkLandings(shared, readers, history, options.worker ?? null));
  wrong.push(...checkTasks(shared, readers, history, options.tasks ?? null, options.said ?? ''));
  if (options.gate !== undefined) wrong.push(...(await checkGreen(shared, history, options.gate)));
  if (options.stays !== undefined) wrong.push(...checkStays(shared, history, options.stays));
  if (options.writes !== undefined) wrong.push(...checkWrites(readers, options.writes));
  if (options.processes !== undefined) wrong.push(...(await checkProcesses(options.processes)));
  return wrong;
}
