import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';

/** Whether the repository is a partial clone: git takes missing objects there for ones that the remote keeps for it. */
export async function isPartial({ files }: Pick<System, 'files'>, { gitDir }: Repository): Promise<boolean> {
  const text = (await files.readIfThere(join(gitDir, 'config')))?.toString('utf8') ?? '';
  return /^[^\S\n]*(?:partialclone|promisor)\s*=/im.test(text);
}
