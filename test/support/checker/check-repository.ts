import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { GitReader } from './git-reader.ts';

/** Objects whole, no lock file of git's, no half-done move or transaction, no worktree without its folder. */
export function checkRepository(reader: GitReader, foreignLock: (path: string) => boolean): string[] {
  const { root, gitDir } = reader;
  const wrong: string[] = [];
  const fsck = reader.words('fsck', '--no-dangling', '--no-progress');
  if (fsck !== '') wrong.push(`git fsck in ${root} says: ${fsck.split('\n').slice(0, 5).join('; ')}.`);
  for (const path of lockFiles(gitDir))
    if (!foreignLock(path)) wrong.push(`A lock file of git was left: ${path}.`);
  for (const kind of ['journal', 'transactions'])
    for (const name of list(join(gitDir, 'rota', kind)))
      if (!name.startsWith('.'))
        wrong.push(`A half-done change was left: ${join(gitDir, 'rota', kind, name)}.`);
  for (const path of worktreesOf(reader))
    if (!existsSync(path))
      wrong.push(`The worktree ${path} is registered in ${root} and its folder is gone.`);
  return wrong;
}

/** What differs from HEAD in a checkout (or is untracked), except where a person may have worked. */
export function checkCheckout(reader: GitReader, mayDiffer: (path: string) => boolean): string[] {
  if (reader.bare) return [];
  const fields = reader.git('status', '--porcelain', '-z', '--no-renames', '-uall').split('\0');
  return fields
    .filter((field) => field !== '' && !mayDiffer(field.slice(3)))
    .map((field) => `${join(reader.root, field.slice(3))} differs from HEAD (${field.slice(0, 2)}).`);
}

/** Folders of the linked worktrees. */
export function worktreesOf(reader: GitReader): string[] {
  return reader
    .git('worktree', 'list', '--porcelain')
    .split('\n')
    .filter((line) => line.startsWith('worktree '))
    .map((line) => line.slice('worktree '.length))
    .slice(1);
}

function lockFiles(gitDir: string): string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const part = relative(gitDir, path);
      if (entry.isDirectory() && !['rota', 'rota-aside', 'objects'].includes(part)) walk(path);
      else if (entry.name.endsWith('.lock')) found.push(path);
    }
  };
  walk(gitDir);
  return found;
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
