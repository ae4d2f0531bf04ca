import { join } from 'node:path';
import { newestChange } from '../../agent/newest-change.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import type { RunFacts } from '../project/run-folder.ts';

/** What the program that a run waits for writes. */
export interface Output {
  /** Its file's name. */
  readonly log: string;
  /** Bytes so far, as far as they are kept. */
  readonly size: number;
  /** The last line that says something. */
  readonly line: string;
  /** When it last wrote, as a wall clock's milliseconds. */
  readonly changed: number;
}

const LOG = /^(?:gate|setup|agent)-[\w-]{1,60}\.log(?:\.[01])?$/;
const TAIL = 4096;

/** The newest output of a run's programs; null: there is none. A log's end is in files of its own (agent/capped-log.ts). */
export async function newestOutput({ files }: System, folder: string): Promise<Output | null> {
  const names = (await files.list(folder)).filter(({ name, kind }) => kind === 'file' && LOG.test(name));
  let newest: { name: string; changed: number } | null = null;
  const sizes = new Map<string, number>();
  for (const { name } of names) {
    const facts = await files.facts(join(folder, name));
    if (facts === null) continue;
    const log = name.replace(/\.[01]$/, '');
    sizes.set(log, (sizes.get(log) ?? 0) + facts.size);
    if (newest === null || facts.mtimeMs >= newest.changed) newest = { name, changed: facts.mtimeMs };
  }
  if (newest === null) return null;
  const { name, changed } = newest;
  const path = join(folder, name);
  const size = (await files.facts(path))?.size ?? 0;
  const part = await files.readPart(path, Math.max(0, size - TAIL), TAIL);
  const log = name.replace(/\.[01]$/, '');
  return { log, size: sizes.get(log) ?? 0, line: lastLine(part?.data.toString('utf8') ?? ''), changed };
}

function lastLine(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => plainText(line).trim());
  return lines.findLast((line) => line !== '') ?? '';
}

/** When the agent last changed a file of its worktree; 0: unknown. A look at many files: not to be asked often. */
export async function newestWork(system: System, { worktree }: RunFacts): Promise<number> {
  return worktree === null ? 0 : newestChange(system.files, worktree);
}
