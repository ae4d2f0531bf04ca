import { join } from 'node:path';
import { openNeutral } from '../../store/neutral.ts';
import type { Project } from '../project/project.ts';

/** One version of a conflicted path, as the index holds it. */
export interface ConflictStage {
  readonly mode: string;
  readonly oid: string;
  readonly stage: string;
  readonly path: string;
}

export interface LabelledMerge {
  /** With conflicts: the files hold markers. */
  readonly tree: string;
  readonly stages: readonly ConflictStage[];
  /** What git says about the conflicts; one line each. */
  readonly said: readonly string[];
}

/** Merges two commits by plumbing, with names that an agent understands in the conflict markers. */
export async function mergeLabelled(
  project: Project,
  ours: { readonly name: string; readonly commit: string },
  theirs: { readonly name: string; readonly commit: string },
): Promise<LabelledMerge> {
  const { system, repository } = project;
  const neutral = await openNeutral(system, repository);
  try {
    // merge-tree labels the sides as they were named to it.
    const known = [ours, theirs].map(({ name, commit }) => `${commit} refs/heads/${name}\n`);
    await system.files.write(join(neutral.folder, 'packed-refs'), known.join(''));
    const args = ['merge-tree', '--write-tree', '--messages', '-z', ours.name, theirs.name];
    const { stdout } = await system.git.run(neutral.place, args, { ok: [0, 1] });
    const [head = '', ...messages] = stdout.toString('utf8').split('\0\0');
    const [tree = '', ...entries] = head.split('\0').filter((entry) => entry !== '');
    const stages = entries.map(stageOf).filter((stage) => stage !== null);
    return { tree, stages, said: conflictsIn(messages.join('\0\0').split('\0')) };
  } finally {
    await neutral.close();
  }
}

/** Messages come as a count, so many paths, a kind and a text; of these the conflicts. */
function conflictsIn(fields: readonly string[]): string[] {
  const said: string[] = [];
  for (let at = 0; at < fields.length && /^\d+$/.test(fields[at]!); ) {
    const kindAt = at + 1 + Number(fields[at]);
    if (fields[kindAt]?.startsWith('CONFLICT') === true) said.push((fields[kindAt + 1] ?? '').trim());
    at = kindAt + 2;
  }
  return said;
}

function stageOf(entry: string): ConflictStage | null {
  const match = /^(\d{6}) ([0-9a-f]{40,64}) ([123])\t([\s\S]+)$/.exec(entry);
  return match === null ? null : { mode: match[1]!, oid: match[2]!, stage: match[3]!, path: match[4]! };
}
