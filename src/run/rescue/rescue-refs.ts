import { readTrailers } from '../../plan/landing-trailers.ts';
import { commitTime } from '../../store/commit-time.ts';
import { parseTaskId } from '../../task/id.ts';
import type { Project } from '../project/project.ts';
import { readSweepLog, type SweepLine } from '../sweep/sweep-log.ts';
import { RESCUE_REFS } from '../worktree/rescue.ts';

/** One rescue ref, with what is known about where it came from. */
export interface RescueRef {
  /** `<task>/<time>`, as `rota rescue show` takes it. */
  readonly name: string;
  readonly ref: string;
  /** Task id, or another word for work of no task. */
  readonly task: string;
  /** ISO date-time; null: nothing says when. */
  readonly time: string | null;
  readonly commit: string;
  /** The commit that it is on top of; null: none. */
  readonly parent: string | null;
  /** The commit that holds what was staged, where that differs from the files. */
  readonly staged: string | null;
  /** `files`: what was in a worktree, on top of its HEAD. `commits`: a HEAD or a branch that no branch had any more. */
  readonly kind: 'files' | 'commits';
  readonly run: string | null;
  readonly branch: string | null;
  readonly worktree: string | null;
  /** Why it cannot be read; null: it can. */
  readonly problem: string | null;
}

interface Commit {
  readonly parents: readonly string[];
  /** Null: what it says is no time. */
  readonly time: string | null;
  readonly message: string;
}

/** Every rescue ref of this repository, oldest first. One that cannot be read is listed with its problem. */
export async function readRescueRefs(project: Project): Promise<RescueRef[]> {
  const { system, repository } = project;
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', RESCUE_REFS];
  const listed = (await system.git.text(repository.place, args)).split('\n').filter((line) => line !== '');
  if (listed.length === 0) return [];
  const refs = listed.map((line) => {
    const space = line.indexOf(' ');
    return { commit: line.slice(0, space), ref: line.slice(space + 1) };
  });
  const [commits, { lines }] = await Promise.all([
    readCommits(project, [...new Set(refs.map(({ commit }) => commit))]),
    readSweepLog(project),
  ]);
  const parents = await readCommits(
    project,
    [...commits.values()].filter(isOurs).flatMap((one) => one.parents),
  );
  const isStaged = (oid: string) => parents.get(oid)?.message.startsWith('rescue: what was staged ') === true;
  const swept = new Map(lines.map((line) => [line.rescue, line]));
  return refs
    .map(({ commit, ref }) =>
      rescueOf(ref, commit, { commit: commits.get(commit) ?? null, isStaged, swept: swept.get(ref) ?? {} }),
    )
    .sort((a, b) => compare(a.time ?? '', b.time ?? '') || compare(a.name, b.name));
}

interface Known {
  readonly commit: Commit | null;
  readonly isStaged: (oid: string) => boolean;
  /** What the sweep that made it noted. */
  readonly swept: Partial<Pick<SweepLine, 'run' | 'branch' | 'worktree'>>;
}

function rescueOf(ref: string, oid: string, { commit, isStaged, swept }: Known): RescueRef {
  const name = ref.slice(RESCUE_REFS.length);
  const [first = '', ...rest] = name.split('/');
  const ours = commit !== null && isOurs(commit);
  const trailers = ours ? readTrailers(commit.message) : new Map<string, readonly string[]>();
  const parents = commit?.parents ?? [];
  const said = (key: string) => trailers.get(key)?.[0] ?? null;
  return {
    ...{ name, ref, task: parseTaskId(first) ?? first, commit: oid },
    time: timeOf(rest.at(-1) ?? '') ?? commit?.time ?? null,
    parent: parents.find((parent) => !ours || !isStaged(parent)) ?? null,
    staged: ours ? (parents.find(isStaged) ?? null) : null,
    kind: ours ? 'files' : 'commits',
    run: swept.run ?? said('Run'),
    branch: swept.branch ?? said('Branch'),
    worktree: swept.worktree ?? said('Worktree'),
    problem: commit === null ? `its commit ${oid} is missing, or is none` : null,
  };
}

/** Made by rota's rescue, and not a commit of an agent's that a ref was put on. */
function isOurs({ message }: Commit): boolean {
  return message.startsWith('rescue: what was left in ');
}

/** When the ref was made, as its name says it. */
function timeOf(name: string): string | null {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-\d+)?$/.exec(name);
  if (found === null) return null;
  const [, year, month, day, hour, minute, second] = found;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return Number.isNaN(Date.parse(iso)) ? null : iso;
}

/** Those that are there and are commits, with one look at what each id is and one at the commits. */
async function readCommits(
  { system, neutral, repository }: Project,
  oids: readonly string[],
): Promise<Map<string, Commit>> {
  if (oids.length === 0) return new Map();
  const objects = await system.git.objects(repository.place, 'info', oids);
  const there = objects.flatMap((object) => (object?.type === 'commit' ? [object.oid] : []));
  if (there.length === 0) return new Map();
  const format = '--format=%H%n%P%n%ct%n%B';
  const args = ['log', '--no-walk=unsorted', '--no-show-signature', '-z', format, '--stdin'];
  const text = await system.git.text(neutral.place, args, { input: `${there.join('\n')}\n` });
  const commits = new Map<string, Commit>();
  for (const entry of text.split('\0')) {
    const [oid = '', parents = '', time = '', ...message] = entry.split('\n');
    if (oid === '') continue;
    commits.set(oid, {
      parents: parents.split(' ').filter((parent) => parent !== ''),
      ...{ time: commitTime(time), message: message.join('\n') },
    });
  }
  return commits;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
