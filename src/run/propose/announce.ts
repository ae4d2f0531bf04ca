import type { ProposedWork, TaskRecord } from '../../plan/record.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { RefChange } from '../../store/shared-refs.ts';
import { adoptLock } from '../claim/held-lock.ts';
import { keptCommits } from '../claim/kept-commits.ts';
import type { LandingWork } from '../land/landing-work.ts';
import type { Project } from '../project/project.ts';
import { reservedRecord } from './reservations.ts';

export type Announced =
  /** Takes the announcement back; false: that could not be written, and it stands. */
  | { readonly kind: 'announced'; readonly withdraw: () => Promise<boolean> }
  | { readonly kind: 'lost' }
  | { readonly kind: 'unreachable'; readonly reason: string };

const TRIES = 3;

/**
 * Before anything is pushed the record says what is going to be proposed, while this run still holds the lock: whoever finds it
 * without a lock finishes it, whatever had happened by then. In the same transaction the ids of proposed tasks pass from the
 * run to the request.
 */
export async function announce(
  project: Project,
  { lock, proposals }: Pick<LandingWork, 'lock' | 'proposals'>,
  proposal: ProposedWork,
): Promise<Announced> {
  const before = lock.record;
  const kept = await Promise.all(
    proposals.reserved.map(async ({ ref, from }): Promise<RefChange> => {
      const { record } = await project.records.readOne(from ?? '');
      const next = reservedRecord(record?.task ?? ref.slice(ref.lastIndexOf('/') + 1), before.task);
      return { ref, from, to: await project.records.write(next, { previous: from }) };
    }),
  );
  const after = { ...before, state: 'proposed', reason: null, waiting: null, proposal } as const;
  const written = await write(project, lock, after, kept);
  if (written !== 'written') return written;
  return {
    kind: 'announced',
    withdraw: async () => {
      const freed = kept.map(({ ref, to }): RefChange => ({ ref, from: to, to: null }));
      const { state, reason, waiting, proposal: earlier } = before;
      const back = { ...lock.record, state, reason, waiting, proposal: earlier };
      return (await write(project, lock, back, freed)) === 'written';
    },
  };
}

async function write(
  project: Project,
  lock: LandingWork['lock'],
  record: TaskRecord,
  others: readonly RefChange[],
): Promise<'written' | Exclude<Announced, { kind: 'announced' }>> {
  const ref = taskRef(lock.key);
  for (let tries = 0; tries < TRIES; tries++) {
    const { of, publish } = lock.record;
    const next = { ...record, of, publish };
    const token = await project.records.write(next, {
      previous: lock.token,
      replaces: true,
      keep: keptCommits(next),
    });
    const swapped = await project.refs.swap([{ ref, from: lock.token, to: token }, ...others]);
    if (swapped.kind === 'swapped') {
      lock.record = next;
      lock.token = token;
      return 'written';
    }
    if (swapped.kind !== 'stale') return { kind: 'unreachable', reason: swapped.reason };
    // A renewal of our own may have raced; anything else took the lock.
    if (!(await adoptLock(project, lock))) return { kind: 'lost' };
  }
  return { kind: 'unreachable', reason: 'others changed the same records again and again' };
}
