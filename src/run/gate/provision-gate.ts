import { basename, join } from 'node:path';
import type { Command } from '../../config.ts';
import type { Neutral } from '../../store/neutral.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { type CheckOutInput, checkOut } from './check-out.ts';
import type { GateFolder } from './gate-folder.ts';
import { runSetup, type SetupEnd, type SetupInput } from './run-setup.ts';
import { setupKey } from './setup-key.ts';
import { bringSnapshot, keepSnapshot, type SnapshotPlace } from './snapshot.ts';

const TOUCHED =
  'what setup had made for gates, in the cache, has been changed since by somebody; it was dropped, and setup runs again';

export interface ProvisionGateInput {
  readonly folder: GateFolder;
  /** GateBox.rules of where setup runs. */
  readonly rules: string;
  /** Commit to be judged. */
  readonly checkout: Omit<CheckOutInput, 'folder'>;
  readonly setup: Omit<SetupInput, 'folder'>;
  readonly warn: (message: string) => void;
}

/**
 * Makes an empty gate folder ready for the gate's commands: the candidate's tree, and what setup makes of it. Setup runs once
 * for equal manifests, tools and commands (setup-key.ts); afterwards its files are copied from a snapshot that neither
 * agents nor gates write.
 *
 * The snapshot is brought before the tree, so that sources are never older than what was built from others.
 */
export async function provisionGate(
  system: System,
  repository: Repository,
  neutral: Neutral,
  input: ProvisionGateInput,
): Promise<SetupEnd> {
  const folder = input.folder.path;
  const checkout = () => checkOut(system, repository, neutral, { ...input.checkout, folder });
  const snapshot = await snapshotPlace(system, repository, neutral, input, input.setup.commands);
  const brought = snapshot !== null && (await bringSnapshot(system, snapshot, () => input.warn(TOUCHED)));
  if (snapshot !== null && !brought) await input.folder.clear();
  await checkout();
  if (snapshot === null || brought) return { kind: 'ready' };
  const end = await runSetup(system, { ...input.setup, folder });
  if (end.kind !== 'ready') return end;
  // Setup may change tracked files (lock files); with a snapshot these changes would be missing the next time.
  await checkout();
  await keepSnapshot(system, snapshot, await untracked(system, neutral, folder));
  return end;
}

async function snapshotPlace(
  system: System,
  repository: Repository,
  neutral: Neutral,
  { folder, checkout, rules }: ProvisionGateInput,
  commands: readonly Command[],
): Promise<SnapshotPlace | null> {
  if (commands.length === 0) return null;
  const base = join(repository.cacheDir, 'setup');
  await system.files.makeFolder(base);
  const key = await setupKey(system, neutral.place, checkout.commit, { setup: commands, rules });
  return { base, key, folder: folder.path, name: basename(folder.path) };
}

async function untracked(system: System, neutral: Neutral, folder: string): Promise<string[]> {
  const place = neutral.at(folder, join(folder, '.git', 'index'));
  const listed = await system.git.text(place, ['ls-files', '-z', '--others', '--directory']);
  return listed.split('\0').filter((path) => path !== '');
}
