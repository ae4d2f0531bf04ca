import { join } from 'node:path';
import type { System } from '../../system/ports.ts';

/** What makes a registered worktree rota's own. */
export interface WorktreeMarker {
  readonly run: string;
  /** The checkout was complete: what is in the folder is work. False: a run died while it was made. */
  readonly ready: boolean;
}

/** The file in the administrative folder that names the run. */
export const MARKER = 'rota-run';
const REASON = /^rota run ([0-9A-Za-z-]{1,64})(?:[:\s]|$)/;

/** The reason under which git locks the worktree; it names the run from the first moment on. */
export function lockReason(run: string, reason: string): string {
  return `rota run ${run}: ${reason
    .replace(/^rota: /, '')
    .replace(/\s+/g, ' ')
    .trim()}`;
}

/** Reads whose worktree it is from its administrative folder; null: not one of rota's. */
export async function readMarker(system: System, adminDir: string): Promise<WorktreeMarker | null> {
  const marked = (await system.files.readIfThere(join(adminDir, MARKER)))?.toString('utf8').trim();
  if (marked !== undefined) {
    const [run = '', state] = marked.split(' ');
    return /^[0-9A-Za-z-]{1,64}$/.test(run) ? { run, ready: state === 'ready' } : null;
  }
  const reason = (await system.files.readIfThere(join(adminDir, 'locked')))?.toString('utf8') ?? '';
  const run = REASON.exec(reason)?.[1];
  return run === undefined ? null : { run, ready: false };
}

/** Marks the worktree as this run's. */
export function writeMarker(system: System, adminDir: string, { run, ready }: WorktreeMarker): Promise<void> {
  return system.files.writeWhole(join(adminDir, MARKER), `${run} ${ready ? 'ready' : 'making'}\n`);
}

/** As `git worktree lock`: git neither prunes nor removes it. */
export function lockWorktree(system: System, adminDir: string, reason: string): Promise<void> {
  return system.files.writeWhole(join(adminDir, 'locked'), reason);
}

/** As `git worktree unlock`; nothing to unlock is fine. */
export async function unlockWorktree(system: System, adminDir: string): Promise<void> {
  const file = join(adminDir, 'locked');
  if ((await system.files.facts(file)) !== null) await system.files.removeFile(file);
}
