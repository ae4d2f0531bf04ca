import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TestRepo } from '../../support/repo.ts';
import { keep, RESCUES, rescueRepo, traceOf } from './rescue-repo.ts';

describe('restoring', () => {
  test('modes and links are as they were, no link is followed, and names cannot steer the terminal', async () => {
    const repo = rescueRepo();
    const canary = join(repo.sandbox.folder, 'canary');
    mkdirSync(canary);
    const evil = 'a\u001b]0;owned\u0007\u202Eb.txt';
    keep(repo, 'A1/20261121T010101Z', (folder) => {
      writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\n');
      chmodSync(join(folder, 'run.sh'), 0o755);
      writeFileSync(join(folder, 'with space é.txt'), 'x\n');
      writeFileSync(join(folder, evil), 'x\n');
      writeFileSync(join(folder, 'bytes.bin'), Buffer.from([0, 1, 255, 10, 13]));
      symlinkSync('README.md', join(folder, 'near'));
      symlinkSync(canary, join(folder, 'far'));
      symlinkSync('../../../etc', join(folder, 'up'));
    });
    const to = join(repo.sandbox.folder, 'back');
    const ran = await repo.rota(['rescue', 'restore', 'A1', '--to', to]);
    expect(ran).toMatchObject({ code: 0 });
    expect(lstatSync(join(to, 'run.sh')).mode & 0o111).toBe(0o111 & ~process.umask());
    expect(lstatSync(join(to, 'README.md')).mode & 0o111).toBe(0);
    expect(readFileSync(join(to, 'bytes.bin'))).toEqual(Buffer.from([0, 1, 255, 10, 13]));
    expect(readFileSync(join(to, evil), 'utf8')).toBe('x\n');
    expect(readlinkSync(join(to, 'near'))).toBe('README.md');
    expect(readlinkSync(join(to, 'far'))).toBe(canary);
    expect(readdirSync(canary)).toEqual([]);
    expect(ran.stderr).toContain('far is a link that leads out of this folder; it was not followed.');
    expect(ran.stderr).toContain('up is a link that leads out');
    expect(ran.stderr).not.toContain('near');
    const show = await repo.rota(['rescue', 'show', 'A1']);
    expect(show.stdout).toMatch(/^added +executable +10 B +\+1 -0 +run\.sh$/m);
    expect(show.stdout).toMatch(/^added +5 B +binary +bytes\.bin$/m);
    expect(show.stdout).toContain('ab.txt');
    for (const { stdout, stderr } of [ran, show])
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  test('never onto anything that is there, and never into a checkout', async () => {
    const repo = rescueRepo();
    keep(repo, 'A1/20261121T010101Z', (folder) => writeFileSync(join(folder, 'x.txt'), 'x\n'));
    const at = (name: string) => join(repo.sandbox.folder, name);
    mkdirSync(at('full'));
    writeFileSync(at('full/mine.txt'), 'mine\n');
    mkdirSync(at('empty'));
    writeFileSync(at('file'), 'mine\n');
    symlinkSync(at('nowhere'), at('dangling'));
    symlinkSync(repo.root, at('to-home'));
    repo.git('branch', 'taken');
    const before = traceOf(repo);
    const wrong: [string[], string][] = [
      [['--to', at('full')], 'There is something at'],
      [['--to', at('empty')], 'There is something at'],
      [['--to', at('file')], 'There is something at'],
      [['--to', at('dangling')], 'There is something at'],
      [['--to', at('none/deeper')], 'There is no folder'],
      [['--to', 'inside'], 'nothing in a checkout of this repository is touched'],
      [['--to', join(at('to-home'), 'inside')], 'nothing in a checkout of this repository is touched'],
      [['--to', '.git/inside'], 'nothing in a checkout'],
      [['--to', '.'], 'There is something at'],
      [['--to', ''], '--to needs a folder'],
      [['--branch', 'taken'], 'There is a branch taken already'],
      [['--branch', 'main'], 'There is a branch main already'],
      [['--branch', 'taken/deeper'], 'In the way is the branch taken already'],
      [['--branch', 'a..b'], 'cannot be the name of a branch'],
      [['--branch=-f'], 'cannot be the name of a branch'],
      [['--branch', 'new', '--to', at('new')], 'do not go together'],
      [['--staged'], 'Nothing was staged in'],
    ];
    for (const [args, message] of wrong) {
      const ran = await repo.rota(['rescue', 'restore', 'A1', ...args]);
      expect(ran.stderr, args.join(' ')).toContain(message);
      expect(ran.code, args.join(' ')).toBe(2);
    }
    expect(traceOf(repo)).toBe(before);
    expect(readdirSync(at('full'))).toEqual(['mine.txt']);
    expect(readdirSync(at('empty'))).toEqual([]);
    expect(readFileSync(at('file'), 'utf8')).toBe('mine\n');
    expect(existsSync(at('nowhere'))).toBe(false);
    expect(readdirSync(repo.sandbox.folder).filter((name) => name.endsWith('.new'))).toEqual([]);
    expect((await repo.rota(['rescue', 'restore', 'A1', '--branch', 'mine/new'])).code).toBe(0);
    expect(repo.git('rev-parse', 'mine/new')).toBe(repo.git('rev-parse', `${RESCUES}A1/20261121T010101Z`));
  });

  test('a tree that would write into .git is refused, and nothing is left behind', async () => {
    const repo = rescueRepo();
    const blob = repo.git('rev-parse', 'main:README.md');
    const tree = (input: string) => treeOf(repo, input);
    const hooks = tree(`100755 blob ${blob}\tpre-commit`);
    const top = tree(`040000 tree ${hooks}\t.git`);
    repo.git(
      'update-ref',
      `${RESCUES}A1/20261121T010101Z`,
      repo.git('commit-tree', top, '-m', 'agent: mine'),
    );
    const to = join(repo.sandbox.folder, 'back');
    const ran = await repo.rota(['rescue', 'restore', 'A1', '--to', to]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('.git');
    expect(ran.stderr).not.toContain('this is a bug');
    expect(readdirSync(repo.sandbox.folder).sort()).toEqual(['home', 'project']);
  });

  test('what was staged comes back by itself', async () => {
    const repo = rescueRepo();
    const files = keep(repo, 'A1/x', (folder) => writeFileSync(join(folder, 'a.txt'), 'on disk\n'));
    const staged = keep(
      repo,
      'A1/y',
      (folder) => writeFileSync(join(folder, 'a.txt'), 'staged\n'),
      'rescue: what was staged for A1',
    );
    const message = 'rescue: what was left in the worktree of A1';
    const both = repo.git('commit-tree', `${files}^{tree}`, '-p', 'main', '-p', staged, '-m', message);
    for (const name of ['A1/x', 'A1/y']) repo.git('update-ref', '-d', RESCUES + name);
    repo.git('update-ref', `${RESCUES}A1/20261121T010101Z`, both);
    expect((await repo.json(['rescue', 'show', 'A1'])).staged).toBe(staged);
    const to = join(repo.sandbox.folder, 'back');
    expect((await repo.rota(['rescue', 'restore', 'A1', '--staged', '--to', to])).code).toBe(0);
    expect(readFileSync(join(to, 'a.txt'), 'utf8')).toBe('staged\n');
  });
});

function treeOf(repo: TestRepo, entry: string): string {
  const file = join(repo.sandbox.folder, 'home', 'entry');
  writeFileSync(file, `${entry}\n`);
  const script = `git mktree < ${file}`;
  return repo.git('-c', `alias.mk=!${script}`, 'mk');
}
