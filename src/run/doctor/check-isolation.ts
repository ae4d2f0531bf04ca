import { join } from 'node:path';
import type { Config, IsolationKind } from '../../config.ts';
import { RotaError } from '../../errors.ts';
import { ENGINES } from '../../isolate/container.ts';
import { SWEEPER } from '../../role/agent-of.ts';
import type { Role } from '../../role/role.ts';
import { findOnPath } from '../project/find-on-path.ts';
import type { Project } from '../project/project.ts';
import { openBox } from '../workplace/open-box.ts';
import type { Finding } from './finding.ts';

/** Whether this machine can isolate as the roles ask, by trying it, and which roles ask for nothing. */
export async function checkIsolation(
  project: Project,
  { config, roles }: { readonly config: Config; readonly roles: readonly Role[] },
): Promise<Finding[]> {
  const workers = roles.filter(({ name }) => name !== SWEEPER);
  const found: Finding[] = [];
  for (const isolation of new Set(workers.map((role) => role.isolation))) {
    const names = workers.filter((role) => role.isolation === isolation).map(({ name }) => name);
    found.push({ area: 'isolation', ...(await judge(project, config, isolation, names.join(', '))) });
  }
  return found;
}

async function judge(
  project: Project,
  config: Config,
  isolation: IsolationKind,
  names: string,
): Promise<Omit<Finding, 'area'>> {
  switch (isolation) {
    case 'none':
      return {
        state: 'warning',
        says: `none for ${names}: their agents can do what you can`,
        mend: 'isolation: bwrap in their role file keeps them in their worktree (Linux, apt install bubblewrap).',
      };
    case 'bwrap':
    case 'clone': {
      const why = await tryBox(project, config);
      if (why === null) return { state: 'good', says: `${isolation} for ${names} works`, mend: null };
      const state = isolation === 'bwrap' ? 'bad' : 'warning';
      return { state, says: `${isolation} for ${names}: ${why.message}`, mend: why.hint };
    }
    case 'container':
      return judgeContainer(project, config, names);
    default:
      return isolation satisfies never;
  }
}

/** No container is started: that could fetch an image. */
async function judgeContainer(
  { system }: Project,
  { isolation: { image } }: Config,
  names: string,
): Promise<Omit<Finding, 'area'>> {
  const found = await Promise.all(ENGINES.map((engine) => findOnPath(system, engine)));
  const engine = found.find((path) => path !== null);
  const [says, mend] =
    engine === undefined
      ? [`neither ${ENGINES.join(' nor ')} was found`, `Install ${ENGINES[0]}, or choose another isolation.`]
      : ['there is no image', 'Name one in rota.yaml: isolation: {image: "node:22"}'];
  if (engine === undefined || image === null)
    return { state: 'bad', says: `container for ${names}: ${says}`, mend };
  return { state: 'good', says: `container for ${names}: ${image} with ${engine}`, mend: null };
}

/** Null: it works, exactly as it would be made for a run. */
async function tryBox({ system, repository }: Project, { isolation }: Config): Promise<RotaError | null> {
  const folder = await system.files.temporaryFolder('rota-doctor-');
  try {
    const wish = { folder: join(folder, 'box'), rules: isolation, mounts: [], login: [] };
    await (await openBox(system, repository, wish)).close();
    return null;
  } catch (error) {
    if (error instanceof RotaError && error.code === 'isolation') return error;
    throw error;
  } finally {
    await system.files.removeTree(folder);
  }
}
