import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Arena } from './arena.ts';

/** What a process that is gone holds of a queue, or its place in the line, is given up after three seconds: they are over. */
export function releaseQueues({ gitDir }: Pick<Arena, 'gitDir'>): void {
  const folder = join(gitDir, 'rota', 'queues');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder))
    if (/\.(lock|line)$/.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
}
