import type { PassingText } from '../../plan/contract-secrets.ts';
import { readObjects } from '../../store/backlog/read-objects.ts';
import type { Project } from '../project/project.ts';
import { binaryOf, readBlobs, textOf } from './read-blobs.ts';

/**
 * Every version of a file in the branch's history that main does not have: a landing keeps that history, so that what an
 * earlier commit has is on main as well, whatever the last one took away.
 *
 * @param changed paths that differ between base and tip, of which the old text is known
 */
export async function readPassingTexts(
  project: Project,
  { main, base, tip }: { readonly main: string; readonly base: string; readonly tip: string },
  changed: ReadonlySet<string>,
): Promise<PassingText[]> {
  const { git } = project.system;
  const args = ['rev-list', '--objects', '--end-of-options', tip, `^${base}`, `^${main}`];
  const listed = (await git.text(project.neutral.place, args)).split('\n');
  // `<id> <path>`; commits have no path, and a path with a line break is shown as far as that.
  const paths = new Map(
    listed.flatMap((line): [string, string][] => {
      const match = /^([0-9a-f]{40,64}) (.+)$/.exec(line);
      return match === null ? [] : [[match[1]!, match[2]!]];
    }),
  );
  const blobs = await readBlobs(project, [...paths.keys()]);
  const before = await readBefore(project, base, new Set(paths.values()), changed);
  return [...blobs].map(([id, blob]) => ({
    path: paths.get(id)!,
    text: textOf(blob) ?? binaryOf(blob),
    before: before.get(paths.get(id)!) ?? null,
    size: blob.size,
  }));
}

/** What the branch changed and took back again. */
async function readBefore(
  { system, neutral }: Project,
  base: string,
  paths: ReadonlySet<string>,
  changed: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const others = [...paths].filter((path) => !changed.has(path) && !path.includes('\n'));
  const read = await readObjects(
    system,
    neutral.place,
    others.map((path) => `${base}:${path}`),
  );
  return new Map(
    others.flatMap((path, index) => (read[index] ? [[path, read[index].toString('utf8')]] : [])),
  );
}
