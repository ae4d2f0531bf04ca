import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { includedConfigs } from './included-configs.ts';
import type { Project } from './project.ts';

/** Git's own limit. */
const MOST_DEPTH = 10;
const MOST_CONFIGS = 100;
const MOST_BYTES = 4 * 1024 * 1024;

/** Config file -> its bytes (null: there is none), of the repository and of its person, with what they include. */
export async function readConfigs(project: Project): Promise<Map<string, Buffer | null>> {
  const { gitDir, root } = project.repository;
  // Tracked files change with main, and are looked after by reviews, contracts and the look at the checkout.
  const isTracked = (path: string) => path.startsWith(`${root}/`) && !path.startsWith(`${gitDir}/`);
  const home = project.system.environment.variables['HOME'] ?? '/';
  const found = new Map<string, Buffer | null>();
  let next: readonly string[] = [
    ...[join(gitDir, 'config'), join(gitDir, 'config.worktree')],
    ...personsConfigs(project),
  ];
  for (let depth = 0; next.length > 0 && depth <= MOST_DEPTH && found.size < MOST_CONFIGS; depth++) {
    const read = await Promise.all(next.map(async (path) => [path, await readPlain(project, path)] as const));
    for (const [path, bytes] of read) found.set(path, bytes);
    const included = read.flatMap(([path, bytes]) =>
      bytes === null ? [] : includedConfigs(bytes.toString('utf8'), path, home),
    );
    next = [...new Set(included)].filter((path) => !found.has(path) && !isTracked(path));
  }
  return found;
}

/** Git's calls towards a remote follow the person's own config: whoever can write there runs something with them. */
function personsConfigs({ system }: Project): string[] {
  const { HOME, XDG_CONFIG_HOME } = system.environment.variables;
  if (!HOME) return [];
  return [
    '/etc/gitconfig',
    join(HOME, '.gitconfig'),
    join(XDG_CONFIG_HOME || join(HOME, '.config'), 'git/config'),
  ];
}

/** A pipe, a link to a device, a file of somebody else's or a huge one must not hold the run up. */
async function readPlain({ system: { files } }: Project, path: string): Promise<Buffer | null> {
  const unreadable = (why: string) => Buffer.from(`[core]\n\tunreadable = ${why}\n`);
  try {
    const facts = await files.facts(await files.realPath(path).catch(() => path));
    if (facts === null) return null;
    if (facts.kind !== 'file' || facts.size > MOST_BYTES)
      return unreadable(`${facts.kind} ${facts.size} ${facts.mtimeMs}`);
    return await files.readIfThere(path);
  } catch (error) {
    if (error instanceof RotaError) return unreadable('forbidden');
    throw error;
  }
}
