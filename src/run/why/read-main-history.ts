import { readTrailers } from '../../plan/landing-trailers.ts';
import { commitTime, NO_TIME } from '../../store/commit-time.ts';
import { parseTaskId } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';

/** A commit of main's that landed the task, or changed its file. */
export interface MainCommit {
  readonly at: string;
  readonly commit: string;
  readonly subject: string;
  readonly author: string;
  /** Null: it only changed the file. */
  readonly landing: {
    readonly run: string | null;
    readonly gate: readonly string[];
    readonly gated: string | null;
    readonly agent: string | null;
    readonly branch: string | null;
  } | null;
}

/** Of each kind the newest so many. */
const MOST = 100;

/**
 * What main's first-parent history says about a task: its landings, by their trailers, and every commit that changed its file.
 *
 * @param file from the root; null: there is no such file on main now
 */
export async function readMainHistory(
  project: Project,
  main: string,
  task: TaskKey,
  file: string | null,
): Promise<MainCommit[]> {
  const [landings, edits] = await Promise.all([
    readCommits(project, main, ['--extended-regexp', `--grep=^Task: ${patternOf(task)}$`]),
    file === null ? [] : readCommits(project, main, [], file),
  ]);
  const known = new Map(edits.map((one) => [one.commit, commitOf(one, task)]));
  for (const one of landings) {
    const commit = commitOf(one, task);
    // A message that only quotes a trailer is no landing.
    if (commit.landing !== null) known.set(one.commit, commit);
  }
  return [...known.values()];
}

interface RawCommit {
  readonly commit: string;
  readonly at: string;
  readonly author: string;
  readonly message: string;
}

/** Through the neutral directory: nobody's log settings, signature programs or drivers take part. */
async function readCommits(
  { system, neutral }: Project,
  main: string,
  which: readonly string[],
  file: string | null = null,
): Promise<RawCommit[]> {
  const args = ['--literal-pathspecs', 'log', '--first-parent', `--max-count=${MOST}`, '--no-show-signature'];
  const { stdout } = await system.git.run(neutral.place, [
    ...args,
    ...['-z', '--format=%H%n%ct%n%an%n%B', ...which, main, '--'],
    ...(file === null ? [] : [file]),
  ]);
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [commit = '', at = '', author = '', ...message] = entry.split('\n');
      return { commit, at: commitTime(at) ?? NO_TIME, author, message: message.join('\n') };
    });
}

function commitOf({ commit, at, author, message }: RawCommit, task: TaskKey): MainCommit {
  const trailers = readTrailers(message);
  const one = (key: string) => trailers.get(key)?.[0] ?? null;
  const named = one('Task');
  const landed = named !== null && parseTaskId(named) === task && trailers.has('Gated');
  return {
    ...{ at, commit, author, subject: message.split('\n')[0] ?? '' },
    landing: landed
      ? {
          ...{ run: one('Run'), gated: one('Gated'), agent: one('Agent'), branch: one('Branch') },
          gate: trailers.get('Gate') ?? [],
        }
      : null,
  };
}

/** The id with any number of leading zeros: main may have it as A032. An id has no sign that means something here. */
function patternOf(task: TaskKey): string {
  return task.replace(/(\d+)$/, '0*$1');
}
