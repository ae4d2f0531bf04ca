import { join } from 'node:path';
import type { Outcome } from '../../events.ts';
import { OUTCOMES } from '../../plan/outcome.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { fileTrouble } from '../usage/file-trouble.ts';

/** The last time that a role worked on this machine, or looked for work. */
export interface LastWorked {
  readonly at: Date;
  /** Of a run; `swept` for the sweeper. */
  readonly outcome: Outcome | 'swept';
  readonly task: string | null;
}

/** Bytes. What is longer was not written by rota. */
const LARGEST = 4096;

/**
 * Remembers that a role's turn is over, so that `rota schedule status` can say what is overdue. Machine-local, and nothing
 * rests on it: where it cannot be written the reason is returned.
 */
export async function noteWorked(
  { files, clock }: System,
  repository: Repository,
  role: string,
  { outcome, task }: Omit<LastWorked, 'at'>,
): Promise<string | null> {
  const folder = join(repository.rotaDir, 'schedule');
  const text = `${JSON.stringify({ outcome, task, at: clock.now().toISOString() })}\n`;
  try {
    await files.makeFolder(folder);
    const path = join(folder, `${role}.json`);
    // What an agent has put there: a link would lead to a file of the person's.
    if (((await files.facts(path))?.kind ?? 'file') !== 'file') await files.removeTree(path);
    await files.write(path, text);
    return null;
  } catch (error) {
    const why = fileTrouble(error);
    if (why === null) throw error;
    return `when ${role} worked could not be noted: ${why}`;
  }
}

/** Null: it never worked here, or the note is damaged. */
export async function readLastWorked(
  system: System,
  repository: Repository,
  role: string,
): Promise<LastWorked | null> {
  const part = await system.files.readPart(join(repository.rotaDir, 'schedule', `${role}.json`), 0, LARGEST);
  if (part === null) return null;
  try {
    const { at, outcome, task } = JSON.parse(part.data.toString('utf8')) as Record<string, unknown>;
    const known = [...OUTCOMES, 'swept' as const].find((one) => one === outcome);
    const time = new Date(String(at));
    if (known === undefined || Number.isNaN(time.getTime())) return null;
    return { at: time, outcome: known, task: typeof task === 'string' ? task : null };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
