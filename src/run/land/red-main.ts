import { join } from 'node:path';
import { contentOf as contentAt } from '../../store/content-of.ts';
import type { Project } from '../project/project.ts';

/** No entry of the gate was left out. */
const ALL = 'all';

/**
 * What the gate said about main itself, once per content: a verdict holds for every commit that is equal outside the
 * backlog, so rota's own backlog commits do not lift it.
 *
 * @param scope which entries of the gate are asked about (GateReport.scope): green is said of those that ran, red of main
 */
export async function readMainVerdict(
  project: Project,
  main: string,
  scope: string,
): Promise<'red' | 'green' | null> {
  const known = await project.system.files.readIfThere(fileOf(project));
  if (known === null) return null;
  const [content, verdict, ran = ALL] = known.toString('utf8').trim().split(' ');
  if (content !== (await contentOf(project, main))) return null;
  if (verdict === 'green') return ran === scope || ran === ALL ? 'green' : null;
  return verdict === 'red' ? 'red' : null;
}

export async function writeMainVerdict(
  project: Project,
  main: string,
  verdict: 'red' | 'green',
  scope: string,
): Promise<void> {
  const content = await contentOf(project, main);
  await project.system.files.writeWhole(fileOf(project), `${content} ${verdict} ${scope}\n`);
}

/** A sentence when main is known to be red: then nothing is picked. */
export async function readRedMain(project: Project, main: string): Promise<string | null> {
  // Asked with every claim; green as a rule, of whatever main that was.
  const known = await project.system.files.readIfThere(fileOf(project));
  if (known?.includes('red') !== true) return null;
  return (await readMainVerdict(project, main, ALL)) === 'red'
    ? `main is red at ${main.slice(0, 8)}: its own gate fails; mend main first`
    : null;
}

function fileOf(project: Project): string {
  return join(project.repository.rotaDir, 'main-verdict');
}

function contentOf({ system, neutral }: Project, main: string): Promise<string> {
  return contentAt(system.git, neutral.place, main);
}
