import type { Config } from '../../config.ts';
import { type Problem, RotaError } from '../../errors.ts';
import type { HeldRecord } from '../../plan/record.ts';
import type { Role } from '../../role/role.ts';
import type { Backlog } from '../../store/backlog/backlog.ts';
import { readBacklog } from '../../store/backlog/read-backlog.ts';
import { readSettings, type Settings } from '../../store/backlog/read-settings.ts';
import { type Pause, readPause } from '../../store/records/pause.ts';
import type { SharedView } from '../../store/shared-refs.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from './project.ts';

/** All facts at one moment: what people want (main's tip) and what machines are doing (the records). */
export interface Snapshot {
  readonly view: SharedView;
  readonly config: Config;
  readonly roles: readonly Role[];
  /** What is wrong with the other roles. */
  readonly problems: readonly Problem[];
  readonly backlog: Backlog;
  readonly records: ReadonlyMap<TaskKey, HeldRecord>;
  readonly pause: Pause;
}

/**
 * Reads config, roles, backlog and records at main's tip, never from a worktree.
 *
 * @param fresh true: ask the remote first; false: the last fetched state
 * @throws RotaError `config` or `role` with every problem, `remote` when the remote cannot be reached
 */
export async function readSnapshot(
  project: Project,
  fresh: boolean,
  known: KnownSettings | null = null,
): Promise<Snapshot> {
  const view = fresh ? await project.refs.read() : await project.refs.last();
  return snapshotOf(project, view, known);
}

/** Settings that were read at a commit before: while main is there, they are the same. */
export interface KnownSettings {
  readonly main: string;
  readonly settings: Settings;
}

/** The snapshot of a view that was read before. */
export async function snapshotOf(
  project: Project,
  view: SharedView,
  known: KnownSettings | null = null,
): Promise<Snapshot> {
  const { system, repository } = project;
  const [settings, backlog, records, pause] = await Promise.all([
    known?.main === view.main ? known.settings : readSettings(system, repository, view.main),
    readBacklog(system, repository, view.main, project.cache),
    project.records.readAll(view),
    readPause(system, repository, view.pause),
  ]);
  refuseMovedRefs(project, view, settings.config);
  return { view, ...settings, backlog, records, pause };
}

/** Whoever goes on with refs that others do not look at any more would work beside them. */
function refuseMovedRefs({ remote, refsPrefix }: Project, { age }: SharedView, config: Config): void {
  if (remote === null || age > 0 || config.refsPrefix === refsPrefix) return;
  throw new RotaError(
    'config',
    `rota.yaml on main says \`refs-prefix: ${config.refsPrefix}\` since just now; this began with ${refsPrefix}.`,
    'Run it again. Records are not moved: rota doctor names those that were left behind.',
  );
}
