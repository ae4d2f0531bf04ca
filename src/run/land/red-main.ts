import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Project } from '../project/project.ts';

/**
 * What the gate said about main itself, once per content: a verdict holds for every commit that is equal outside the
 * backlog, so rota's own backlog commits do not lift it.
 */
export async function readMainVerdict(project: Project, main: string): Promise<'red' | 'green' | null> {
  const known = await project.system.files.readIfThere(fileOf(project));
  if (known === null) return null;
  const [content, verdict] = known.toString('utf8').trim().split(' ');
  if (content !== (await contentOf(project, main))) return null;
  return verdict === 'red' || verdict === 'green' ? verdict : null;
}

export async function writeMainVerdict(
  project: Project,
  main: string,
  verdict: 'red' | 'green',
): Promise<void> {
  await project.system.files.writeWhole(fileOf(project), `${await contentOf(project, main)} ${verdict}\n`);
}

/** A sentence when main is known to be red: then nothing is picked. */
export async function readRedMain(project: Project, main: string): Promise<string | null> {
  // Asked with every claim; green as a rule, of whatever main that was.
  const known = await project.system.files.readIfThere(fileOf(project));
  if (known?.includes('red') !== true) return null;
  return (await readMainVerdict(project, main)) === 'red'
    ? `main is red at ${main.slice(0, 8)}: its own gate fails; mend main first`
    : null;
}

function fileOf(project: Project): string {
  return join(project.repository.rotaDir, 'main-verdict');
}

/** The top of the tree without `backlog/`, hashed: equal content, equal id. */
async function contentOf(project: Project, main: string): Promise<string> {
  const { system, neutral } = project;
  const entries = await system.git.text(neutral.place, ['ls-tree', main]);
  const outside = entries.split('\n').filter((line) => !line.endsWith('\tbacklog'));
  return createHash('sha256').update(outside.join('\n')).digest('hex');
}
