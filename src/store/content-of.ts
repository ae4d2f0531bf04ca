import { createHash } from 'node:crypto';
import type { GitDoor, GitPlace } from '../system/ports.ts';

/** The top of a commit's tree without `backlog/`, hashed: what gates and tests say holds for every commit with that content. */
export async function contentOf(git: GitDoor, place: GitPlace, commit: string): Promise<string> {
  const entries = await git.text(place, ['ls-tree', commit]);
  const outside = entries.split('\n').filter((line) => !line.endsWith('\tbacklog'));
  return createHash('sha256').update(outside.join('\n')).digest('hex');
}
