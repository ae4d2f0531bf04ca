import { join } from 'node:path';
import type { System } from '../../system/ports.ts';

/**
 * Every branch (short name) that is in use in the checkout with this administrative folder: HEAD's, and that of a rebase or bisect.
 */
export async function branchesIn({ files }: Pick<System, 'files'>, adminDir: string): Promise<string[]> {
  const there = new Set((await files.list(adminDir)).map(({ name }) => name));
  const sources = ['HEAD', ...STATES.filter((path) => there.has(path.split('/')[0]!))];
  const texts = await Promise.all(sources.map((file) => files.readIfThere(join(adminDir, file))));
  const named = texts.map((text, at) => branchNamed(text?.toString('utf8').trim() ?? '', sources[at]!));
  return [...new Set(named.filter((name) => name !== null))];
}

const STATES = ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START'];

function branchNamed(text: string, file: string): string | null {
  const ref =
    file === 'HEAD' ? /^ref: refs\/heads\/(.+)$/.exec(text)?.[1] : /^refs\/heads\/(.+)$/.exec(text)?.[1];
  if (ref !== undefined) return ref;
  // `git bisect` stores the short name.
  return file === 'BISECT_START' && text !== '' && !/^[0-9a-f]{40,64}$/.test(text) ? text : null;
}
