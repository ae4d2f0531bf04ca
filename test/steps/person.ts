import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arena } from './arena.ts';

/** Files of a person's with what is in them; null: there is none. */
export type PersonsWork = ReadonlyMap<string, string | null>;

const FILES = ['theirs/staged.txt', 'theirs/dirty.txt', 'theirs/untracked.txt', 'theirs/ignored.log'];

/** A person has staged, changed and new files at home that are no task's business. */
export function personWorks({ hub, repo, write, git }: Arena): void {
  if (hub === 'bare') return;
  write('project/theirs/staged.txt', 'staged\n');
  git(repo, 'add', 'theirs/staged.txt');
  write('project/theirs/staged.txt', 'dirty on top\n');
  write('project/theirs/dirty.txt', 'dirty\n');
  write('project/theirs/untracked.txt', 'untracked\n');
  write('project/theirs/ignored.log', 'ignored\n');
}

/** What the person has there: bytes, and what is staged. Rota moves HEAD, index and files together: nothing else differs. */
export function personsWork({ hub, repo, git }: Arena): PersonsWork {
  const work = new Map<string, string | null>();
  if (hub === 'bare') return work;
  for (const file of FILES) {
    const path = join(repo, file);
    work.set(file, existsSync(path) ? readFileSync(path, 'latin1') : null);
  }
  work.set('staged', git(repo, 'ls-files', '-s', '--', 'theirs'));
  work.set('status', git(repo, 'status', '--porcelain', '-uall'));
  return work;
}

/** The same before everything: a move of main that is half done then is not the person's. */
export function personsWorkOnly(arena: Arena): PersonsWork {
  const own = (line: string) => / (theirs\/|waits\.txt$)/.test(line);
  return new Map(
    [...personsWork(arena)].map(([name, text]) => [
      name,
      name === 'status' ? (text ?? '').split('\n').filter(own).join('\n') : text,
    ]),
  );
}
