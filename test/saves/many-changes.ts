import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Home } from './home.ts';

/** Files of a repository, and a commit that edits, adds, deletes and turns around nearly all of them. */
export function manyChanges(): { files: Record<string, string>; change(home: Home): string } {
  const names = Array.from({ length: 40 }, (_, at) => `dir${at % 5}/deep/file${at}.txt`);
  const files = Object.fromEntries(names.map((name) => [name, `old ${name}\n`]));
  files['swap'] = 'old swap\n';
  files['tree/x.txt'] = 'old x\n';
  return { files, change };

  function change(home: Home): string {
    const side = join(mkdtempSync(join(tmpdir(), 'rota-side-')), 'side');
    home.git(['worktree', 'add', '-q', '--detach', side, 'HEAD']);
    const git = (...args: string[]) => home.git(['-C', side, ...args]);
    for (const [at, name] of names.entries()) {
      if (at % 8 === 0) git('rm', '-q', name);
      else if (at % 8 === 1) chmodSync(join(side, name), 0o755);
      else writeFileSync(join(side, name), readFileSync(join(side, name), 'utf8').replace('old', 'new'));
    }
    git('rm', '-q', 'swap', 'tree/x.txt');
    for (const path of ['swap/inner.txt', 'new/folder/a.txt', 'new/folder/b.txt'])
      write(side, path, `new ${path}\n`);
    writeFileSync(join(side, 'tree'), 'new tree\n');
    symlinkSync('tree', join(side, 'link'));
    git('add', '-A');
    git('commit', '-q', '-m', 'next');
    const commit = git('rev-parse', 'HEAD');
    home.git(['worktree', 'remove', '--force', side]);
    rmSync(join(side, '..'), { recursive: true });
    return commit;
  }
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
