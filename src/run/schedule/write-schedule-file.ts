import { dirname } from 'node:path';
import type { ScheduleFile } from '../../schedule/planned.ts';
import type { System } from '../../system/ports.ts';

/** Writes one file of a schedule, whole, with its folder. */
export async function writeScheduleFile(
  { files }: System,
  { path, text }: ScheduleFile,
  mode?: number,
): Promise<void> {
  await files.makeFolder(dirname(path));
  await files.writeWhole(path, text);
  if (mode !== undefined) await files.chmod(path, mode);
}

/** True: it was there. */
export async function removeScheduleFile({ files }: System, path: string): Promise<boolean> {
  if ((await files.facts(path)) === null) return false;
  await files.removeFile(path);
  return true;
}
