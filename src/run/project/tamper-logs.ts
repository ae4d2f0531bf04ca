import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Project } from './project.ts';

/** The log of the first checkout, which only grows, and the stashes. */
export interface LogFacts {
  /** Null: there is none. */
  readonly log: { readonly length: number; readonly hash: string } | null;
  /** Newest last. */
  readonly stashes: readonly string[];
}

/** Reads what helps a person to find again what is on no branch any more. */
export async function readLogFacts(project: Project): Promise<LogFacts> {
  const [log, stashes] = await Promise.all([
    readPlain(project, 'logs/HEAD'),
    readPlain(project, 'logs/refs/stash'),
  ]);
  const text = stashes?.toString('latin1') ?? '';
  return {
    log: log === null ? null : { length: log.length, hash: hash(log) },
    stashes: [...text.matchAll(/^[0-9a-f]+ ([0-9a-f]{40,64}) /gm)].map(([, oid = '']) => oid),
  };
}

/** What is not there any more, and new stashes, in sentences: people drop stashes, and git shortens its logs once in a while. */
export async function compareLogs(project: Project, { log, stashes }: LogFacts): Promise<string[]> {
  const said: string[] = [];
  const now = log === null ? null : await readPlain(project, 'logs/HEAD');
  if (log !== null && (now === null || hash(now.subarray(0, log.length)) !== log.hash))
    said.push(
      `the log of your checkout (git reflog) was ${now === null ? 'removed' : 'rewritten'}, by git gc, by you or by the agent`,
    );
  const after = (await readLogFacts(project)).stashes;
  for (const oid of stashes.filter((one) => !after.includes(one)))
    said.push(`a stash was dropped, by you or by the agent; to have it again: git stash store ${oid}`);
  for (const oid of after.filter((one) => !stashes.includes(one)))
    said.push(`a stash was made, by you or by the agent: ${oid.slice(0, 10)}`);
  return said.map((sentence) => `while the agent worked, ${sentence}`);
}

async function readPlain({ system: { files }, repository }: Project, name: string): Promise<Buffer | null> {
  const path = join(repository.gitDir, name);
  // A pipe in its place must not hold the run up.
  return (await files.facts(path))?.kind === 'file' ? files.readIfThere(path) : null;
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
