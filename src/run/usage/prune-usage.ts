import { join } from 'node:path';
import { dayOf } from '../../plan/usage-entry.ts';
import { isDead } from '../../store/home/owner.ts';
import type { Project } from '../project/project.ts';
import { readRunFacts } from '../project/run-folder.ts';
import { appendUsage, listDays, liveFile, readLiveUsage, usageFolder } from './ledger.ts';

const KEPT = 400 * 24 * 60 * 60_000;

/** Moves what turns of dead workers used into the ledger, and drops days that are older than 400 days. */
export async function pruneUsage(project: Project): Promise<void> {
  const { files, clock } = project.system;
  for (const entry of await readLiveUsage(project)) {
    if (await isLive(project, entry.run)) continue;
    // In this order: an entry that is there twice counts once.
    await appendUsage(project, entry);
    await files.removeFile(liveFile(project, entry.run));
  }
  const oldest = dayOf(new Date(clock.now().getTime() - KEPT));
  for (const name of await listDays(project))
    if (name.slice(0, 10) < oldest) await files.removeFile(join(usageFolder(project), name));
}

async function isLive({ system, repository }: Project, run: string): Promise<boolean> {
  const facts = await readRunFacts(system, repository, run);
  return facts !== null && facts.ended === null && !(await isDead(system, facts));
}
