import { isDeepStrictEqual } from 'node:util';
import { SEEN } from '../../store/refs/seen.ts';
import { parseTaskId } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import { plainText } from '../../task/text.ts';
import { isAncestor, moveRef } from '../worktree/ancestry.ts';
import { listWorktrees } from '../worktree/list-worktrees.ts';
import { keepOnRescueRef, RESCUE_REFS } from '../worktree/rescue.ts';
import { taskOfBranch } from '../worktree/worktree.ts';
import { tasksOfOthers } from './others-at-work.ts';
import type { Project } from './project.ts';
import type { Tampering } from './tamper-settings.ts';

/** Every ref of the repository that an agent could spoil for somebody else -> its object. */
export type RefFacts = ReadonlyMap<string, string>;

const PAUSE = 'refs/rota/pause';
/** Names in one sentence. */
const MOST_NAMES = 10;
const TASKS = 'refs/rota/tasks/';
/** What the remote was seen to have: nobody's to judge, but it says who had which task. */
const SEEN_TASKS = `${SEEN}tasks/`;
const RESCUES_KEPT = 89 * 24 * 60 * 60_000;

export async function readRefFacts(project: Project): Promise<RefFacts> {
  const shared = [TASKS, PAUSE, ...(project.remote === null ? [] : [SEEN_TASKS])];
  const args = ['for-each-ref', '--format=%(objectname) %(refname)'];
  const text = await project.system.git.text(project.repository.place, [
    ...args,
    ...['refs/heads/', 'refs/tags/', 'refs/notes/', 'refs/replace/', RESCUE_REFS],
    ...shared,
  ]);
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
  );
}

/**
 * What became of other people's refs while an agent worked. A person and other workers move refs all the time, so almost
 * nothing here can be pinned on the agent: what would be lost is kept on a rescue ref, and said.
 *
 * @param own the run's branch (short) and task: those are judged elsewhere
 */
export async function compareRefs(
  project: Project,
  before: RefFacts,
  after: RefFacts,
  own: { readonly run: string; readonly branch: string; readonly key: TaskKey },
): Promise<Tampering & { readonly meanwhile: readonly string[] }> {
  const noticed: string[] = [];
  const refused: string[] = [];
  const meanwhile: RefMove[] = [];
  // Asked only when something moved.
  const changed = [...before, ...after].some(([ref]) => before.get(ref) !== after.get(ref));
  const others = changed ? await othersIn(project, own.run, before, after) : new Set<TaskKey>();
  for (const ref of [...new Set([...before.keys(), ...after.keys()])].toSorted()) {
    const change = { ref, old: before.get(ref) ?? null, now: after.get(ref) ?? null };
    if (change.old === change.now || ref.startsWith(SEEN_TASKS)) continue;
    if (ref.startsWith('refs/replace/'))
      refused.push(`while the agent worked, the repository's replace ref ${ref} ${verb(change)}`);
    else if (ref.startsWith(RESCUE_REFS)) noticed.push(...(await bringRescueBack(project, change)));
    else if (ref === PAUSE) noticed.push(`while the agent worked, the pause ${verb(change)} (rota status)`);
    else if (/^refs\/(?:tags|notes)\//.test(ref)) meanwhile.push(change);
    else if (ref.startsWith(TASKS)) noticed.push(...(await judgeRecord(project, change, own.key, others)));
    else if (ref !== `refs/heads/${own.branch}` && ref !== `refs/heads/${project.branch}`)
      noticed.push(...(await judgeBranch(project, change, others)));
  }
  return { refused, noticed, meanwhile: sayMeanwhile(meanwhile) };
}

interface RefMove {
  readonly ref: string;
  readonly old: string | null;
  readonly now: string | null;
}

function verb({ old, now }: RefMove): string {
  return old === null ? 'was added' : now === null ? 'was removed' : 'was changed';
}

/** Tasks that other runs had since: read from records and run folders. */
export async function othersIn(
  project: Project,
  run: string,
  before: RefFacts,
  after: RefFacts,
): Promise<Set<TaskKey>> {
  const tokens = [...before, ...after].flatMap(([ref, token]) =>
    ref.startsWith(TASKS) || ref.startsWith(SEEN_TASKS) ? [token] : [],
  );
  return tasksOfOthers(project, run, [...new Set(tokens)]);
}

/** People make and move tags; what was there is said, so that it can be found again. */
function sayMeanwhile(moves: readonly RefMove[]): string[] {
  if (moves.length === 0) return [];
  const words = moves.slice(0, MOST_NAMES).map(({ ref, old, now }) => {
    const name = plainText(ref.replace(/^refs\/tags\//, 'tag '));
    const was = old === null ? '' : ` (it was ${old.slice(0, 10)})`;
    return `${name} ${verb({ ref, old, now })}${was}`;
  });
  const more = moves.length > MOST_NAMES ? `, and ${moves.length - MOST_NAMES} more` : '';
  return [`while the agent worked, by you or by the agent: ${words.join(', ')}${more}`];
}

/** Sweep drops them after 90 days; younger ones only people drop, and they can do it again. */
async function bringRescueBack(project: Project, { ref, old, now }: RefMove): Promise<string[]> {
  if (old === null || now === old) return [];
  const time = /\/(\d{4})(\d\d)(\d\d)T\d{6}Z(?:-\d+)?$/.exec(ref);
  const at = time === null ? Number.NaN : Date.parse(`${time[1]}-${time[2]}-${time[3]}`);
  if (now === null && project.system.clock.now().getTime() - at > RESCUES_KEPT) return [];
  const back = await moveRef(project, ref, { from: now, to: old, why: 'rota: put back' });
  return back ? [`while the agent worked, ${ref} ${verb({ ref, old, now })}; it is back`] : [];
}

async function judgeRecord(
  project: Project,
  { ref, old, now }: RefMove,
  own: TaskKey,
  others: ReadonlySet<TaskKey>,
): Promise<string[]> {
  const key = parseTaskId(ref.slice(TASKS.length));
  if (key === own || (key !== null && others.has(key))) return [];
  if (old !== null && now !== null) {
    const [was, is] = await Promise.all([project.records.readOne(old), project.records.readOne(now)]);
    // A person's edit of the task, or a landing that changed its file, brings the record's hash along.
    if (was.record !== null && isDeepStrictEqual({ ...was.record, of: is.record?.of }, is.record)) return [];
  }
  const before = old === null ? '' : `; it was ${old.slice(0, 10)}`;
  const name = plainText(ref.slice(TASKS.length));
  return [
    `while the agent worked, the record of ${name} ${verb({ ref, old, now })} and no run had that task: a person's command, or the agent${before}`,
  ];
}

/** Commits that would be on no branch any more are kept. */
async function judgeBranch(
  project: Project,
  { ref, old, now }: RefMove,
  others: ReadonlySet<TaskKey>,
): Promise<string[]> {
  if (old === null) return [];
  const branch = ref.slice('refs/heads/'.length);
  const task = taskOfBranch(branch);
  const key = branch.startsWith('ai/') ? parseTaskId(task) : null;
  if (key !== null && others.has(key)) return [];
  const lost = !(await isKept(project, old, now));
  if (!lost && (key === null || now === null)) return [];
  // Whoever rebases or amends has it checked out, and git's log there remembers.
  if (lost && key === null && (await isCheckedOut(project, branch))) return [];
  const what = `while the agent worked, the branch ${plainText(branch)} ${now === null ? 'was deleted' : 'was moved'}`;
  const who = "a person's command, or the agent";
  if (!lost) return [`${what} from ${old.slice(0, 10)} and no run had its task: ${who}`];
  const kept = await keepOnRescueRef(project, key ?? 'other', old);
  return [`${what}: ${who}; it was ${old.slice(0, 10)}, kept as ${kept}`];
}

async function isKept(project: Project, old: string, now: string | null): Promise<boolean> {
  if (now !== null && (await isAncestor(project, old, now))) return true;
  const { main } = await project.refs.last();
  return isAncestor(project, old, main);
}

async function isCheckedOut({ system, repository }: Project, branch: string): Promise<boolean> {
  return (await listWorktrees(system, repository)).some(({ branches }) => branches.includes(branch));
}
