import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Arena } from './arena.ts';

/**
 * What a later run can see, without ids, times and numbers that differ each time: two arenas with the same signature go on in
 * the same way.
 */
export function signatureOf({ folder, repo, shared, gitDir, git }: Arena): string {
  const parts: string[] = [];
  for (const at of new Set([repo, shared])) {
    const refs = git(at, 'for-each-ref', '--format=%(refname)').split('\n');
    parts.push(...refs);
    for (const ref of refs) {
      if (ref.startsWith('refs/rota/tasks/')) parts.push(git(at, 'cat-file', 'blob', `${ref}:record.yaml`));
      if (ref.startsWith('refs/heads/'))
        parts.push(git(at, 'log', '--format=%s', ref), git(at, 'ls-tree', '-r', '--name-only', ref));
    }
  }
  parts.push(
    ...git(shared, 'ls-tree', '-r', '--name-only', 'main', 'backlog')
      .split('\n')
      .map((file) => git(shared, 'show', `main:${file}`)),
  );
  for (const part of ['rota', 'rota-aside', 'worktrees']) parts.push(...listing(join(gitDir, part)));
  for (const name of ['.worktrees', 'home/.cache'])
    parts.push(...listing(join(name === '.worktrees' ? repo : folder, name)));
  parts.push(
    existsSync(join(gitDir, 'info/exclude')) ? readFileSync(join(gitDir, 'info/exclude'), 'utf8') : '',
  );
  const runs = join(gitDir, 'rota', 'runs');
  for (const run of existsSync(runs) ? readdirSync(runs) : []) {
    const file = join(runs, run, 'run.json');
    if (existsSync(file)) parts.push(readFileSync(file, 'utf8'));
  }
  return parts.map(plain).join('\n');
}

function listing(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).map(
    (entry) => `${relative(folder, join(entry.parentPath, entry.name))}${entry.isDirectory() ? '/' : ''}`,
  );
  // Neutral directories of processes that are gone are only ever removed.
  return names
    .filter((name) => !/(^|\/)neutral\//.test(name))
    .map(plain)
    .sort();
}

function plain(text: string): string {
  return text
    .replace(/^nonce:.*$/gm, '')
    .replace(/[0-9A-HJKMNP-TV-Z]{26}/g, 'ID')
    .replace(/\b[0-9a-f]{40}\b/g, 'OID')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?/g, 'TIME')
    .replace(/\d{8}T\d{6}Z/g, 'TIME')
    .replace(/\b\d+-ID/g, 'PID-ID');
}
