import { join } from 'node:path';
import { KNOWN_AGENTS } from '../../role/known-agents.ts';
import type { ProjectFacts } from '../../role/proposal.ts';
import type { System } from '../../system/ports.ts';

const LARGEST = 512 * 1024;
const HOOK = '.husky/pre-commit';

/** What `rota init` looks at: the files at the root, and which agent clients are on PATH. Runs nothing. */
export async function readProjectFacts(system: System, root: string): Promise<ProjectFacts> {
  const files = new Map<string, string>();
  for (const { name, kind } of await system.files.list(root)) {
    files.set(name, kind === 'file' ? await readText(system, join(root, name)) : '');
  }
  const hook = await readText(system, join(root, HOOK));
  if (hook !== '') files.set(HOOK, hook);
  const found = await Promise.all(KNOWN_AGENTS.map(({ name }) => isOnPath(system, name)));
  return { files, onPath: KNOWN_AGENTS.filter((_, at) => found[at]).map(({ name }) => name) };
}

/** Empty for what is not there, not a file, or too large to say anything about a project. */
async function readText(system: System, path: string): Promise<string> {
  const facts = await system.files.facts(path);
  if (facts?.kind !== 'file' || facts.size > LARGEST) return '';
  return (await system.files.readIfThere(path))?.toString('utf8') ?? '';
}

async function isOnPath(system: System, name: string): Promise<boolean> {
  for (const folder of (system.environment.variables['PATH'] ?? '').split(':')) {
    if (folder === '') continue;
    const facts = await system.files.facts(join(folder, name));
    if (facts?.kind === 'link' || (facts?.kind === 'file' && (facts.mode & 0o111) !== 0)) return true;
  }
  return false;
}
