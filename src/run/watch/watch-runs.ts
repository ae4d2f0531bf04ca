import { join } from 'node:path';
import { isDead } from '../../store/home/owner.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import { type RunFacts, readRunFacts } from '../project/run-folder.ts';
import { parseEvent, type RememberedEvent } from '../why/parse-event.ts';
import { findRunning, type RunningRun } from './find-running.ts';
import { type FollowedLines, followLines } from './follow-lines.ts';
import { newestOutput, newestWork, type Output } from './look-at-output.ts';
import { afterEvent, NOTHING_YET, type RunView } from './run-view.ts';

/** A run that is watched, as it is now. */
export interface WatchedRun {
  readonly facts: RunFacts;
  readonly view: RunView;
  /** Of the program that it waits for. */
  readonly output: Output | null;
  /** When its worktree last changed, as a wall clock's milliseconds, as far as it was looked at; 0: unknown. */
  readonly worked: number;
}

export interface Watcher {
  /** A run is watched from here on. */
  onRun(run: WatchedRun): void;
  /** `old`: it was there when the watching began. */
  onEvent(run: WatchedRun, remembered: RememberedEvent, old: boolean): void;
  /** It is over; `died`: its worker is gone without a word. */
  onEnd(run: WatchedRun, how: 'ended' | 'died'): void;
  /** A moment has passed. */
  onLook(runs: readonly WatchedRun[]): void;
}

/** Milliseconds. */
const PAUSE = 200;
/** Between looks at outputs, for new runs, and at whether workers live. */
const SELDOM = 1_000;
/** Between looks at a worktree of which nothing was heard. */
const RARELY = 10_000;

/**
 * Follows the runs of this machine until all of them are over; reads only what was appended.
 *
 * @param task only its runs; null: all, those that begin meanwhile as well
 * @returns how many were watched
 */
export async function watchRuns(project: Project, task: TaskKey | null, watcher: Watcher): Promise<number> {
  const { clock } = project.system;
  const known = new Set<string>();
  const watched: Followed[] = [];
  let count = 0;
  let looked = Number.NEGATIVE_INFINITY;
  for (;;) {
    const seldom = clock.monotonic() - looked >= SELDOM;
    if (seldom) {
      looked = clock.monotonic();
      for (const running of await findRunning(project, task, known)) {
        known.add(running.facts.run);
        const followed = follow(project, running);
        watched.push(followed);
        count += 1;
        watcher.onRun(followed.run);
        await readNew(followed, watcher, true);
      }
    }
    for (const followed of [...watched]) {
      const how = seldom ? await lookAt(project, followed) : null;
      await readNew(followed, watcher, false);
      if (how === null && followed.run.view.outcome === null) continue;
      watched.splice(watched.indexOf(followed), 1);
      watcher.onEnd(followed.run, how ?? 'ended');
    }
    if (watched.length === 0) return count;
    watcher.onLook(watched.map(({ run }) => run));
    await clock.wait(PAUSE);
  }
}

interface Followed {
  readonly folder: string;
  readonly lines: FollowedLines;
  run: WatchedRun;
  /** Of the worktree, on a monotonic clock. */
  looked: number;
}

function follow({ system }: Project, { facts, folder }: RunningRun): Followed {
  return {
    folder,
    lines: followLines(system, join(folder, 'events.jsonl')),
    run: { facts, view: NOTHING_YET, output: null, worked: 0 },
    looked: system.clock.monotonic(),
  };
}

async function readNew(followed: Followed, watcher: Watcher, old: boolean): Promise<void> {
  for (;;) {
    const lines = await followed.lines.next();
    if (lines.length === 0) return;
    for (const line of lines) {
      const remembered = parseEvent(line);
      if (remembered === null) continue;
      followed.run = { ...followed.run, view: afterEvent(followed.run.view, remembered) };
      watcher.onEvent(followed.run, remembered, old);
    }
  }
}

/** Null: it goes on. */
async function lookAt(project: Project, followed: Followed): Promise<'ended' | 'died' | null> {
  const { system, repository } = project;
  const { run } = followed.run.facts;
  const facts = (await readRunFacts(system, repository, run)) ?? followed.run.facts;
  const output = await newestOutput(system, followed.folder);
  followed.run = { ...followed.run, facts, output };
  if (facts.ended !== null) return 'ended';
  if (await isDead(system, facts)) {
    // It may have ended between the two looks.
    const last = await readRunFacts(system, repository, run);
    return last === null || last.ended === null ? 'died' : 'ended';
  }
  const { clock } = system;
  if (followed.run.view.step === 'agent' && clock.monotonic() - followed.looked >= RARELY) {
    followed.looked = clock.monotonic();
    followed.run = { ...followed.run, worked: await newestWork(system, facts) };
  }
  return null;
}
