import { RotaError } from '../../errors.ts';
import type { PullRequest } from '../../forge/forge.ts';
import { addNote } from '../../plan/record-notes.ts';
import { givenToAgent } from '../../plan/request-asks.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { TaskKey } from '../../task/task.ts';
import { keptCommits } from '../claim/kept-commits.ts';
import type { Project } from '../project/project.ts';
import { requestText } from './request-task.ts';

const TRIES = 5;

/**
 * A person wants the request of a task gone on with now: the task may be picked again, with what was said about the request as
 * a note. Nothing changes when a worker has it, or when it went back to the agent before.
 */
export async function returnToWork(project: Project, key: TaskKey, request: PullRequest): Promise<void> {
  const { system, records, refs } = project;
  for (let tries = 0; tries < TRIES; tries++) {
    const token = (await refs.read()).tasks.get(key);
    const record = token === undefined ? null : (await records.readOne(token)).record;
    if (token === undefined || record?.state !== 'proposed' || record.lock !== null) return;
    const at = system.clock.now().toISOString();
    const note = { run: system.random.id(), at, outcome: 'returned', text: requestText(request) };
    const reason = `${system.environment.by} asked for another turn`;
    const notes = addNote(record.notes, note, false);
    // The head of before counts as not looked at: a sweep must not call this off because nothing else is asked for.
    const head = record.proposal?.base ?? request.head;
    const returned = { ...givenToAgent(request, record.returned), head };
    const next = { ...record, state: 'returned', reason, pr: request.url, notes, returned } as const;
    const to = await records.write(next, { previous: token, keep: keptCommits(next) });
    const swapped = await refs.swap([{ ref: taskRef(key), from: token, to }]);
    if (swapped.kind === 'swapped') return;
    if (swapped.kind !== 'stale')
      throw new RotaError('remote', `The record could not be written: ${swapped.reason}`, 'Run it again.');
  }
}
