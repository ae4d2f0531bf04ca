import { join } from 'node:path';
import type { System } from '../../system/ports.ts';

/**
 * Processes at work in a folder although everything that the run's marker finds has ended: a program that emptied its environment
 * and left its group, or a person who looks around. They are said and never ended. Linux only.
 */
export async function strangersIn(
  { files, machine, environment }: System,
  folder: string,
): Promise<string[]> {
  if (environment.platform !== 'linux') return [];
  const listed = await files.list('/proc').catch(() => []);
  const found = await Promise.all(
    listed.map(async ({ name }) => {
      if (!/^[0-9]+$/.test(name) || Number(name) === machine.pid) return null;
      // Other people's processes cannot be looked at.
      const cwd = await files.readLink(join('/proc', name, 'cwd')).catch(() => null);
      return cwd === folder || cwd?.startsWith(join(folder, '/')) ? name : null;
    }),
  );
  const pids = found.filter((pid) => pid !== null);
  if (pids.length === 0) return [];
  return [
    `processes that this run cannot end are at work in ${folder}: ${pids.join(', ')}; its agent may have left them`,
  ];
}
