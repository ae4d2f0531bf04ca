import { whyNoMoreRequests } from '../../plan/open-requests.ts';
import type { OwnRest } from '../../plan/own-rest.ts';
import type { PickFacts } from '../../plan/pick-facts.ts';
import type { Role } from '../../role/role.ts';
import { readFilesAt } from '../../store/backlog/read-text.ts';
import type { TaskKey } from '../../task/task.ts';
import { type Liveness, readLiveness } from '../project/liveness.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { readOwnRest } from './own-rest.ts';

/** Gathers what picking looks at for one role. `known`: what keeps it from work was read before. */
export async function readPickFacts(
  project: Project,
  snapshot: Snapshot,
  role: Role,
  known: OwnRest | null = null,
): Promise<PickFacts> {
  const [edited, liveness, landable, rest] = await Promise.all([
    readEdited(project, snapshot),
    readLiveness(project, snapshot.records),
    readLandable(project, snapshot),
    known ?? readOwnRest(project, snapshot, role),
  ]);
  return pickFactsOf(snapshot, role, { edited, liveness, landable, rest }, project.system.clock.now());
}

/** The same, of what was gathered before. */
export function pickFactsOf(
  { backlog, records, roles, pause, config }: Snapshot,
  role: Role,
  {
    edited,
    liveness,
    landable,
    rest,
  }: {
    readonly edited: ReadonlySet<TaskKey>;
    readonly liveness: ReadonlyMap<TaskKey, Liveness>;
    readonly landable: ReadonlySet<TaskKey>;
    readonly rest: OwnRest;
  },
  now: Date,
): PickFacts {
  return {
    role,
    roles,
    tasks: backlog.tasks,
    unusable: backlog.unusable,
    records,
    edited: (key) => edited.has(key),
    liveness: (key) => liveness.get(key) ?? 'unknown',
    landsBySweep: (key) => landable.has(key),
    full: whyNoMoreRequests(config, records.values()),
    paused: pause,
    rest,
    now,
  };
}

/**
 * Tasks that a person edited since rota last saw or wrote them: their content no longer has the record's hash. Of those that are
 * locked nobody asks.
 */
export async function readEdited(
  project: Project,
  { backlog, records, view }: Snapshot,
): Promise<ReadonlySet<TaskKey>> {
  const known = [...records].flatMap(([key, held]) => {
    const task = backlog.byKey.get(key);
    return task !== undefined && held.record?.of && held.record.lock === null
      ? [{ key, of: held.record.of, file: task.file }]
      : [];
  });
  if (known.length === 0) return new Set();
  // Loaded only when there is something to compare: a reader of YAML takes longer to start than git.
  const { contentHash } = await import('../../task/content-hash.ts');
  const texts = await readFilesAt(
    project.system,
    project.repository,
    view.main,
    known.map(({ file }) => file),
  );
  const edited = known.filter(({ of, file }) => {
    const text = texts.get(file);
    return text !== undefined && contentHash(text.toString('utf8')) !== of;
  });
  return new Set(edited.map(({ key }) => key));
}

/** Gated work that waits and that a sweep would land on this main as it is. */
export async function readLandable(project: Project, snapshot: Snapshot): Promise<ReadonlySet<TaskKey>> {
  const landable = new Set<TaskKey>();
  for (const [key, held] of snapshot.records) {
    const waiting = held.record?.state === 'waiting' ? held.record.waiting : null;
    if (waiting === null || waiting === undefined) continue;
    // Loaded only when something waits: a reader of task files takes longer to start than git.
    const [{ waitsUnchanged }, { isNoted }] = await Promise.all([
      import('../land/waits-unchanged.ts'),
      import('../land/gate-note.ts'),
    ]);
    if (!(await isNoted(project, key, waiting))) continue;
    if (await waitsUnchanged(project, snapshot, key, waiting)) landable.add(key);
  }
  return landable;
}
