import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import type { RunFolder } from '../project/run-folder.ts';

/** Where the agent writes its result. */
export interface ResultDesk {
  readonly file: string;
  /** Nothing of an earlier turn. */
  clear(): Promise<void>;
  /** Brings the result into the run's folder. Sentences on what was done to the desk; normally none. */
  collect(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** In the cache folder; one for each run. */
export const RESULT_DESKS = 'results';

/**
 * A folder for the result of an agent that sees the whole machine. Not in the run's own folder: that is below `.git`, where
 * clients refuse to write (claude: "a sensitive file").
 */
export async function openResultDesk(
  system: System,
  { cacheDir }: Repository,
  run: string,
  folder: RunFolder,
): Promise<ResultDesk> {
  const { files } = system;
  const desk = await files.realPath(await makeDesk(system, join(cacheDir, RESULT_DESKS, run)));
  const file = join(desk, 'result.md');
  /** A link in its place, or in that of a folder above it, would lead to files of the person's. */
  const isOurs = async () => (await realPathOrNull(system, desk)) === desk;
  return {
    file,
    clear: async () => {
      if (await isOurs()) await files.removeTree(file);
    },
    collect: async () => {
      const real = await realPathOrNull(system, desk);
      if (real === null) return [];
      if (real !== desk)
        return [`while the agent worked, ${desk} was replaced by a symbolic link: its result is not read`];
      if ((await files.facts(file)) !== null) await bring(system, file, folder.resultFile);
      return [];
    },
    close: async () => {
      if (await isOurs()) await files.removeTree(desk);
    },
  };
}

/** Where the cache cannot be written, in the temporary folder. */
async function makeDesk({ files, machine }: System, path: string): Promise<string> {
  try {
    await files.makeFolder(path);
    return path;
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    return files.temporaryFolder(`rota-result-${machine.pid}-`);
  }
}

async function realPathOrNull({ files }: System, path: string): Promise<string | null> {
  try {
    return await files.realPath(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw error;
  }
}

/** As it is, whatever it is: who reads it looks first. */
async function bring({ files }: System, from: string, to: string): Promise<void> {
  // A folder there would stop the rename.
  await files.removeTree(to);
  try {
    await files.rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    const facts = await files.facts(from);
    // No plain file is no result: a folder in its place says so as well as the pipe or link itself.
    if (facts?.kind === 'file') await files.copyFile(from, to);
    else await files.makeFolder(to);
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
