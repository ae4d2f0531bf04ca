import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { GateCommand } from '../../config.ts';
import type { KnownTest } from '../../plan/reports/known-tests.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';

/** Which tests a gate command runs on a content of main. */
export interface KnownTestsStore {
  /** Null: nobody has looked yet. */
  read(content: string, command: GateCommand): Promise<readonly KnownTest[] | null>;
  write(content: string, command: GateCommand, tests: readonly KnownTest[]): Promise<void>;
}

const KEPT = 40;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Kept beside the gate's other files, outside of the repository: neither records nor branches can say what main's tests
 * were. What is lost or damaged costs one more run on main, never more.
 */
export function knownTestsStore({ files }: System, { cacheDir }: Repository): KnownTestsStore {
  const folder = join(cacheDir, 'tests');
  return {
    read: async (content, command) => {
      const path = join(folder, nameOf(content, command));
      const facts = await files.facts(path);
      if (facts?.kind !== 'file' || facts.size > MOST_BYTES) return null;
      return parse((await files.readIfThere(path))?.toString('utf8') ?? '');
    },
    write: async (content, command, tests) => {
      await files.makeFolder(folder);
      const rows = tests.map(({ name, file, ran }) => [name, file, ran]);
      await files.writeWhole(join(folder, nameOf(content, command)), JSON.stringify({ v: 1, tests: rows }));
      await dropOldest(files, folder);
    },
  };
}

function nameOf(content: string, { run, report }: GateCommand): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([content, run, report]))
    .digest('hex');
  return `${digest}.json`;
}

function parse(text: string): KnownTest[] | null {
  try {
    const { v, tests } = JSON.parse(text) as { v?: unknown; tests?: unknown };
    if (v !== 1 || !Array.isArray(tests)) return null;
    const read = tests.map(parseTest);
    return read.every((test) => test !== null) ? read : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

function parseTest(row: unknown): KnownTest | null {
  if (!Array.isArray(row)) return null;
  const [name, file, ran] = row as unknown[];
  if (typeof name !== 'string' || typeof ran !== 'boolean') return null;
  return file === null || typeof file === 'string' ? { name, file, ran } : null;
}

/** Contents of main come and go; only the newest are asked for. */
async function dropOldest(files: System['files'], folder: string): Promise<void> {
  const names = (await files.list(folder)).map(({ name }) => name);
  if (names.length <= KEPT) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await files.facts(join(folder, name)))?.mtimeMs ?? 0 })),
  );
  for (const { name } of aged.sort((a, b) => b.at - a.at).slice(KEPT))
    await files.removeFile(join(folder, name)).catch(goneAlready);
}

function goneAlready(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
