import { join } from 'node:path';
import { KNOWN_AGENTS } from '../../role/known-agents.ts';
import type { ProjectFacts } from '../../role/proposal.ts';
import type { System } from '../../system/ports.ts';
import { findOnPath } from '../project/find-on-path.ts';

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
  const found = await Promise.all(KNOWN_AGENTS.map(({ name }) => findOnPath(system, name)));
  return { files, onPath: KNOWN_AGENTS.filter((_, at) => found[at] !== null).map(({ name }) => name) };
}

/** Empty for what is not there, not a file, or too large to say anything about a project. */
async function readText(system: System, path: string): Promise<string> {
  const facts = await system.files.facts(path);
  if (facts?.kind !== 'file' || facts.size > LARGEST) return '';
  return (await system.files.readIfThere(path))?.toString('utf8') ?? '';
}
