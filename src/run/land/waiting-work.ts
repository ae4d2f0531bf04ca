import { readTrailers } from '../../plan/landing-trailers.ts';
import type { WaitingLanding } from '../../plan/record.ts';
import { readObjects } from '../../store/backlog/read-objects.ts';
import type { TreeChange } from '../../store/make-commit.ts';
import { treeOf } from '../../store/tree-of.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import { type Acceptance, readAcceptance } from './acceptance.ts';
import { isNoted } from './gate-note.ts';
import { isDraft } from './is-draft.ts';
import type { Gated } from './landing-work.ts';

/**
 * What a gated commit that could not land knows of its work: enough to merge and gate it again. Whoever can write a record
 * can write such a commit: what only a note of this machine proves is left out without one.
 */
export interface WaitingWork {
  readonly tip: string;
  readonly subject: string;
  readonly type: string;
  readonly summary: string | null;
  readonly agent: string;
  readonly role: string | null;
  readonly branch: string;
  /** The gate that this machine has seen green on it; null: it has to run again. */
  readonly gated: Gated | null;
  /** A person's word for what its role may not do; null: nothing was accepted. */
  readonly accept: Acceptance | null;
  /** Files of proposed tasks: in the commit, and on neither of its sides. Drafts, unless the gate has seen them. */
  readonly added: readonly TreeChange[];
}

/** Null when the commit is not there any more or is no landing of rota's. */
export async function readWaitingWork(
  project: Project,
  key: TaskKey,
  waiting: WaitingLanding,
): Promise<WaitingWork | null> {
  const { system, neutral } = project;
  const { commit } = waiting;
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return null;
  const read = await system.git.run(neutral.place, ['show', '-s', '--format=%P%x00%B', commit], {
    ok: [0, 128],
  });
  if (read.code !== 0) return null;
  const [parents = '', message = ''] = read.stdout.toString('utf8').split('\0');
  const [main, tip] = parents.split(' ');
  if (main === undefined || tip === undefined) return null;
  const [header = '', ...rest] = message.trim().split('\n\n');
  const match = /^([a-z]+)\([^)]*\): (.*)$/.exec(header);
  const trailers = readTrailers(message);
  const trailer = (name: string) => trailers.get(name)?.[0] ?? null;
  const gate = trailers.get('Gate') ?? [];
  const body = rest.slice(0, -1).join('\n\n');
  const noted = await isNoted(project, key, waiting);
  const added = await addedFiles(project, commit, main, tip);
  return {
    tip,
    type: match?.[1] ?? 'chore',
    subject: match?.[2] ?? header,
    summary: body === '' ? null : body,
    agent: trailer('Agent') ?? 'unknown',
    role: trailer('Role'),
    branch: trailer('Branch') ?? '',
    gated: noted ? { tree: await treeOf(project, commit), evidence: evidenceOf(gate), checks: [] } : null,
    accept: noted ? readAcceptance(gate) : null,
    added: noted ? added : added.filter(isDraft),
  };
}

/** What the gate saw; what a person accepted has lines of its own. */
function evidenceOf(gate: readonly string[]): string[] {
  const lines = gate.filter((line) => !/^accepted[: ]/.test(line));
  return lines.length === 0 ? ['unknown'] : lines;
}

async function addedFiles(
  project: Project,
  commit: string,
  main: string,
  tip: string,
): Promise<TreeChange[]> {
  const { system, neutral } = project;
  const list = async (from: string) => {
    const args = [
      'diff-tree',
      '-r',
      '-z',
      '--name-only',
      '--no-renames',
      '--diff-filter=A',
      from,
      commit,
      '--',
      'backlog',
    ];
    return (await system.git.text(neutral.place, args)).split('\0').filter((path) => path !== '');
  };
  const [overMain, overTip] = await Promise.all([list(main), list(tip)]);
  const paths = overMain.filter((path) => overTip.includes(path));
  const texts = await readObjects(
    system,
    neutral.place,
    paths.map((path) => `${commit}:${path}`),
  );
  return paths.flatMap((path, index) => {
    const content = texts[index];
    return content === null || content === undefined ? [] : [{ path, content }];
  });
}
