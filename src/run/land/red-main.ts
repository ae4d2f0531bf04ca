import { join } from 'node:path';
import { ISOLATIONS, type IsolationKind } from '../../config.ts';
import { contentOf as contentAt } from '../../store/content-of.ts';
import type { Project } from '../project/project.ts';

/** No entry of the gate was left out. */
const ALL = 'all';

/**
 * What the gate said about main itself, once per content: a verdict holds for every commit that is equal outside the
 * backlog, so rota's own backlog commits do not lift it.
 *
 * @param scope which entries of the gate are asked about (GateReport.scope), and in which isolation: green is said of those that ran, red of main
 */
export async function readMainVerdict(
  project: Project,
  main: string,
  scope: string,
): Promise<'red' | 'green' | null> {
  const known = await project.system.files.readIfThere(fileOf(project));
  if (known === null) return null;
  const [content, verdict, ran = ALL] = known.toString('utf8').trim().split(' ');
  const isolation = isolationIn(ran);
  if (isolation !== isolationIn(scope) || content !== (await contentOf(project, main))) return null;
  if (verdict === 'green') return ran === scope || ran === scopeIn(isolation, ALL) ? 'green' : null;
  return verdict === 'red' ? 'red' : null;
}

/** What is red without network, or in an image, may be green elsewhere: a verdict holds for the isolation that it was found in. */
export function scopeIn(isolation: IsolationKind, scope: string): string {
  return isolation === 'none' ? scope : `${scope}@${isolation}`;
}

function isolationIn(scope: string): IsolationKind {
  const named = scope.slice(scope.lastIndexOf('@') + 1);
  return ISOLATIONS.find((isolation) => isolation === named) ?? 'none';
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

/**
 * A sentence when main is known to be red: then nothing is picked.
 *
 * @param isolation the role's that would work; null: any
 */
export async function readRedMain(
  project: Project,
  main: string,
  isolation: IsolationKind | null,
): Promise<string | null> {
  // Asked with every claim; green as a rule, of whatever main that was.
  const known = await project.system.files.readIfThere(fileOf(project));
  if (known?.includes('red') !== true) return null;
  const asked = isolation === null ? ISOLATIONS : [isolation];
  const found = await Promise.all(asked.map((kind) => readMainVerdict(project, main, scopeIn(kind, ALL))));
  return found.includes('red')
    ? `main is red at ${main.slice(0, 8)}: its own gate fails; mend main first`
    : null;
}

function fileOf(project: Project): string {
  return join(project.repository.rotaDir, 'main-verdict');
}

function contentOf({ system, neutral }: Project, main: string): Promise<string> {
  return contentAt(system.git, neutral.place, main);
}
