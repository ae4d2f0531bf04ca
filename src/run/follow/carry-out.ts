import type { RequestDecision } from '../../plan/pull-request.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { RefChange } from '../../store/shared-refs.ts';
import { keptCommits } from '../claim/kept-commits.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { reservationsOf } from '../propose/reservations.ts';
import { resumeProposal } from '../propose/resume-proposal.ts';
import type { SweepList } from '../sweep/sweep-report.ts';
import type { Sweeping } from '../sweep/sweeping.ts';
import type { ForgeWord } from './ask-forge.ts';
import { cleanMerged } from './clean-merged.ts';
import type { FollowedTask } from './followed-task.ts';

/** What was done about one request, for the report. */
export interface RequestOutcome {
  readonly changed: boolean;
  readonly lines: readonly { readonly list: SweepList; readonly reason: string }[];
}

interface Verdict {
  readonly followed: FollowedTask;
  readonly decision: RequestDecision;
  /** What was looked at; for `clean` it is on main. */
  readonly head: string;
  readonly word: ForgeWord;
  /** The branch is on the remote as it should be: only the forge is left to be asked. */
  readonly pushed: boolean;
}

const NOTHING: RequestOutcome = { changed: false, lines: [] };

/** Does what was decided about a request. A record that somebody else changed meanwhile is theirs. */
export async function carryOut(
  sweeping: Sweeping,
  snapshot: Snapshot,
  { followed, decision, head, word, pushed }: Verdict,
): Promise<RequestOutcome> {
  const { dryRun } = sweeping.options;
  switch (decision.kind) {
    case 'nothing':
      return NOTHING;
    case 'leave':
      return only(decision.named ? 'kept' : 'followed', decision.why);
    case 'clean':
      if (dryRun) return only('followed', `${decision.why}; it would be cleaned up`);
      return clean(sweeping, snapshot, followed, head, decision.why);
    case 'change':
      if (dryRun) return only('followed', `${decision.why} (not done: dry run)`);
      return change(sweeping, snapshot, followed, decision);
    case 'propose':
      if (dryRun) return only('followed', `${decision.why}; it would be proposed`);
      if (word.resting || (word.kind === 'failed' && pushed))
        return only('kept', `${decision.why}, and the forge cannot be asked now`);
      return propose(sweeping, snapshot, followed);
    default:
      return decision satisfies never;
  }
}

function only(list: SweepList, reason: string): RequestOutcome {
  return { changed: false, lines: [{ list, reason }] };
}

async function clean(
  { project }: Sweeping,
  snapshot: Snapshot,
  followed: FollowedTask,
  head: string,
  why: string,
): Promise<RequestOutcome> {
  const done = await cleanMerged(project, snapshot, followed, head);
  if (done.kind === 'lost') return NOTHING;
  if (done.kind === 'failed')
    return only('kept', `${why}, but its record could not be removed: ${done.reason}`);
  const kept = done.kept.map((reason) => ({ list: 'kept' as const, reason }));
  return { changed: true, lines: [{ list: 'followed', reason: `${why}, cleaned up` }, ...kept] };
}

async function change(
  { project }: Sweeping,
  snapshot: Snapshot,
  { key, token, record }: FollowedTask,
  decision: RequestDecision & { kind: 'change' },
): Promise<RequestOutcome> {
  const next = { ...record, ...decision.change };
  const to = await project.records.write(next, { previous: token, keep: keptCommits(next) });
  const dropped = decision.drop ? reservationsOf(snapshot.records, key) : [];
  const changes: RefChange[] = [
    { ref: taskRef(key), from: token, to },
    ...dropped.map((one) => ({ ref: taskRef(one.key), from: one.token, to: null })),
  ];
  const swapped = await project.refs.swap(changes);
  if (swapped.kind === 'stale') return NOTHING;
  if (swapped.kind === 'swapped')
    return { changed: true, lines: [{ list: 'followed', reason: decision.why }] };
  return only('kept', `${decision.why}, but that could not be written: ${swapped.reason}`);
}

async function propose(
  { project }: Sweeping,
  snapshot: Snapshot,
  { key }: FollowedTask,
): Promise<RequestOutcome> {
  const done = await resumeProposal(project, snapshot, key);
  if (done.kind === 'gone') return NOTHING;
  if (done.kind === 'failed') return only('kept', `it could not be proposed: ${done.reason}`);
  const reason = [done.pr === null ? null : `proposed: ${done.pr}`, done.reason]
    .filter((part) => part !== null)
    .join('; ');
  return { changed: done.pr !== null, lines: [{ list: done.pr === null ? 'kept' : 'followed', reason }] };
}
