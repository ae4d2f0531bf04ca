import { RotaError } from '../../errors.ts';
import type { TreeChange } from '../../store/make-commit.ts';
import type { RefChange } from '../../store/shared-refs.ts';
import { inTurn } from '../project/in-turn.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot, type Snapshot } from '../project/snapshot.ts';
import { type EditedBacklog, readEditedBacklog } from './home-backlog.ts';
import { moveMainWith } from './task-edit.ts';
import { readUnhandedTasks } from './unhanded-tasks.ts';
import { writeHere } from './write-here.ts';

/** What an edit of the backlog would change on this main. */
export interface PlannedEdit<T> {
  readonly changes: readonly TreeChange[];
  readonly refs: readonly RefChange[];
  readonly message: string;
  readonly answer: T;
}

export interface EditedMain<T> {
  readonly answer: T;
  /** Null: there was nothing to change. */
  readonly commit: string | null;
  /** What was held aside or left alone in home checkouts. */
  readonly named: readonly string[];
  /** With pull requests: what was written into this folder instead, each with the command that proposes it. */
  readonly written: readonly { readonly file: string; readonly command: string }[];
}

const TRIES = 10;
/** How long it waits for its turn at main, in milliseconds. */
const PATIENCE = 2_000;

/**
 * Changes task files on main in one commit of their own (and pushes it), whatever branch is checked out. `plan` is called
 * again on the newest main when somebody else was faster. With `integrate: pr` the files are written into this folder, for a
 * person to propose.
 *
 * @throws RotaError `in-the-way` when main cannot move now, `remote` when it cannot be reached
 */
export async function editMain<T>(
  project: Project,
  plan: (backlog: EditedBacklog) => Promise<PlannedEdit<T>>,
): Promise<EditedMain<T>> {
  return inTurn(project, 'main', PATIENCE, () => editInTurn(project, plan));
}

async function editInTurn<T>(
  project: Project,
  plan: (backlog: EditedBacklog) => Promise<PlannedEdit<T>>,
): Promise<EditedMain<T>> {
  const run = project.system.random.id();
  for (let tries = 0; tries < TRIES; tries++) {
    const snapshot = await readEditedBacklog(project, await readSnapshot(project, true));
    const { changes, refs, message, answer } = await plan(snapshot);
    const nothing = { answer, commit: null, named: [], written: [] };
    if (changes.length === 0 && refs.length === 0) return nothing;
    if (changes.length === 0 || snapshot.here !== null) {
      const swapped = await project.refs.swap(refs);
      if (swapped.kind === 'swapped')
        return snapshot.here === null
          ? nothing
          : writeIntoFolder(project, snapshot, snapshot.here, { changes, answer });
      if (swapped.kind !== 'stale') throw remoteSaysNo(swapped.reason);
      continue;
    }
    const moved = await moveMainWith(project, run, { main: snapshot.view.main, changes, message }, refs);
    if (moved.kind === 'moved') return { answer, commit: moved.commit, named: moved.named, written: [] };
    if (moved.kind === 'in-the-way')
      throw new RotaError(
        'in-the-way',
        `main cannot move now: ${moved.reason}`,
        'Nothing was changed. Settle that and run it again.',
      );
    if (moved.kind === 'unreachable') throw remoteSaysNo(moved.reason);
    await project.system.clock.wait(project.system.random.fraction() * 30 * (tries + 1));
  }
  throw new RotaError(
    'stale',
    `Others moved main ${TRIES} times meanwhile.`,
    'Nothing was changed. Run it again.',
  );
}

async function writeIntoFolder<T>(
  project: Project,
  { view }: Snapshot,
  here: ReadonlyMap<string, Buffer>,
  { changes, answer }: Pick<PlannedEdit<T>, 'changes' | 'answer'>,
): Promise<EditedMain<T>> {
  const { repository, system, branch, remote } = project;
  await writeHere(project, repository.checkout!, here, changes);
  const question = {
    repository,
    main: view.main,
    branch,
    remote: remote?.name ?? null,
    integrate: 'pr',
  } as const;
  const { uncommitted } = await readUnhandedTasks(system, question);
  const paths = new Set(changes.map(({ path }) => path));
  const written = uncommitted.filter(({ file }) => paths.has(file));
  return {
    answer,
    commit: null,
    named: [],
    written: written.map(({ file, command }) => ({ file, command })),
  };
}

function remoteSaysNo(reason: string): RotaError {
  return new RotaError(
    'remote',
    `The remote did not take it: ${reason}`,
    'Nothing was changed. Check the remote and run it again.',
  );
}
