import { join } from 'node:path';
import type { WaitingLanding } from '../../plan/record.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';

/** This machine's own note that the gate was green on a commit: what a record says about it, anybody may have written. */
interface GateNote {
  readonly task: TaskKey;
  /** The gated merge that could not land; its id stands for its tree, its parents and its message. */
  readonly commit: string;
  /** Main that it was made on. */
  readonly base: string;
}

/** Milliseconds; what waits for longer is gated again. */
const KEPT = 90 * 24 * 60 * 60_000;

/**
 * Notes what the gate was green on, outside the repository: neither records nor branches nor what else an agent reaches
 * through git can claim a green gate. A note that is lost costs a gate, never more.
 */
export async function writeGateNote(project: Project, note: GateNote): Promise<void> {
  const { files, clock } = project.system;
  const folder = folderOf(project);
  await files.makeFolder(folder);
  for (const { name } of await files.list(folder)) {
    const facts = await files.facts(join(folder, name));
    if (facts !== null && clock.now().getTime() - facts.mtimeMs > KEPT)
      await files.removeFile(join(folder, name)).catch(goneAlready);
  }
  await files.writeWhole(join(folder, note.commit), textOf(note));
}

/** Whether this machine has seen the gate green on exactly what a record says is waiting. A note that cannot be read says nothing. */
export async function isNoted(
  project: Project,
  task: TaskKey,
  { commit, base }: Pick<WaitingLanding, 'commit' | 'base'>,
): Promise<boolean> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return false;
  try {
    const noted = await project.system.files.readIfThere(join(folderOf(project), commit));
    return noted?.toString('utf8') === textOf({ task, commit, base });
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return false;
    throw error;
  }
}

function folderOf({ repository }: Project): string {
  return join(repository.cacheDir, 'gated');
}

function textOf({ task, commit, base }: GateNote): string {
  return `${JSON.stringify({ v: 1, task, commit, base })}\n`;
}

function goneAlready(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
