import type { UsageEntry } from '../../plan/usage-entry.ts';
import { fileTrouble } from './file-trouble.ts';
import { type LedgerPlace, liveFile, liveFolder, makeOwnFolder, usageFolder } from './ledger.ts';

/** What a turn has used so far, where other workers see it and a crash does not lose it. */
export interface LiveNote {
  /** Replaces what was noted. Does not wait, and does not fail: the turn's end notes the whole. */
  put(entry: UsageEntry): void;
  /** The turn is in the ledger. */
  drop(): Promise<void>;
}

/** Clients tell it with every step: more often than that is not worth a write. Milliseconds. */
const APART = 1_000;

/** The note of one run's turn. */
export function liveNote(place: LedgerPlace, run: string): LiveNote {
  const { files, clock } = place.system;
  const over = new AbortController();
  let newest: UsageEntry | null = null;
  let writing: Promise<void> | null = null;

  const write = async () => {
    let written: UsageEntry | null = null;
    while (newest !== written && !over.signal.aborted) {
      written = newest;
      await orNothing(async () => {
        for (const folder of [usageFolder(place), liveFolder(place)]) await makeOwnFolder(place, folder);
        await files.writeWhole(liveFile(place, run), `${JSON.stringify(written)}\n`);
      });
      await clock.wait(APART, over.signal);
    }
    writing = null;
  };
  return {
    put: (entry) => {
      newest = entry;
      writing ??= write();
    },
    drop: async () => {
      over.abort();
      await writing;
      await orNothing(() => files.removeFile(liveFile(place, run)));
    },
  };
}

/** It only spares a crash its loss: a full disk will be met, and said, at the turn's end. */
async function orNothing(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (fileTrouble(error) === null) throw error;
  }
}
