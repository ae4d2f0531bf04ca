import { join } from 'node:path';
import type { System } from '../../system/ports.ts';

/** The file that a program's name stands for in this process's PATH; null: none. */
export async function findOnPath(system: System, name: string): Promise<string | null> {
  for (const folder of (system.environment.variables['PATH'] ?? '').split(':')) {
    if (folder === '') continue;
    const path = join(folder, name);
    const facts = await system.files.facts(path);
    if (facts?.kind === 'link' || (facts?.kind === 'file' && (facts.mode & 0o111) !== 0)) return path;
  }
  return null;
}
