import { watch } from 'node:fs';
import type { Files } from './ports.ts';

/** Whoever waits shows itself this often; one that has not for `gone` has died. Milliseconds. */
const SHOWN = { every: 1_000, gone: 3_000 };

/** A place among the processes of this machine that wait for the same thing. */
export interface WaitingLine {
  /** Who is right before this one; null: nobody. */
  before(): Promise<string | null>;
  leave(): Promise<void>;
}

/** Who came when: a file for each in `folder`, named after the time. It orders who waits and proves nothing. */
export async function joinLine(files: Files, folder: string): Promise<WaitingLine> {
  const name = `${String(Date.now()).padStart(15, '0')}-${process.hrtime.bigint()}-${process.pid}`;
  const ticket = `${folder}/${name}`;
  await files.makeFolder(folder);
  await files.write(ticket, '');
  let shown = performance.now();
  return {
    before: async () => {
      if (performance.now() - shown > SHOWN.every) {
        shown = performance.now();
        await files.write(ticket, '');
      }
      const ahead = (await files.list(folder)).flatMap((other) =>
        other.kind === 'file' && other.name < name ? [other.name] : [],
      );
      const nearest = ahead.sort().at(-1);
      if (nearest === undefined) return null;
      await removeIfGone(files, `${folder}/${nearest}`);
      return `${folder}/${nearest}`;
    },
    leave: () => remove(files, ticket),
  };
}

/** Waits until somebody's ticket changes or goes, `ms` at most: one event for one successor, where polling wakes everybody. */
export function untilChanged(ticket: string, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const watching = new AbortController();
    const done = () => {
      clearTimeout(timer);
      watching.abort();
      resolve();
    };
    const timer = setTimeout(done, ms);
    try {
      watch(ticket, { signal: watching.signal }, done).on('error', () => undefined);
    } catch (error) {
      // Gone already; otherwise there are too many watchers, and the time has to do.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') done();
    }
  });
}

async function removeIfGone(files: Files, ticket: string): Promise<void> {
  const facts = await files.facts(ticket);
  if (facts !== null && Date.now() - facts.mtimeMs > SHOWN.gone) await remove(files, ticket);
}

/** Whoever stalled may find that others have taken it for dead. */
async function remove(files: Files, ticket: string): Promise<void> {
  await files.removeFile(ticket).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
