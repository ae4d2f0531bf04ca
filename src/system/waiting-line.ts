import type { Files } from './ports.ts';

/** Whoever waits shows itself this often; the first in line that has not for `gone` has died. Milliseconds. */
const SHOWN = { every: 1_000, gone: 3_000 };

/** A place among the processes of this machine that wait for the same thing. */
export interface WaitingLine {
  /** How many are before this one. */
  ahead(): Promise<number>;
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
    ahead: async () => {
      if (performance.now() - shown > SHOWN.every) {
        shown = performance.now();
        await files.write(ticket, '');
      }
      const before = (await files.list(folder)).flatMap((other) =>
        other.kind === 'file' && other.name < name ? [other.name] : [],
      );
      const [first] = before.sort();
      if (first === undefined) return 0;
      await removeIfGone(files, `${folder}/${first}`);
      return before.length;
    },
    leave: () => remove(files, ticket),
  };
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
