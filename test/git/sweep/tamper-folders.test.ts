import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { BRANCH } from '../worktree/open-test-project.ts';
import { NOTHING, WHILE, watching } from './watching.ts';

const MINE = '01RUN1';
const OTHER = '01RUN0';

describe('folders and small files', () => {
  test.each([
    ['.git file', (path: string) => join(path, '.git')],
    ['commondir', (_path: string, adminDir: string) => join(adminDir, 'commondir')],
    ['gitdir', (_path: string, adminDir: string) => join(adminDir, 'gitdir')],
    ["rota's mark", (_path: string, adminDir: string) => join(adminDir, 'rota-run')],
  ])("this run's %s: changed or a link, it is as it was again", async (_what, at) => {
    const { repo, made, start } = await watching();
    const file = at(made.path, made.adminDir);
    const was = readFileSync(file, 'utf8');
    const end = await start();
    writeFileSync(file, 'gitdir: /elsewhere\n');
    expect((await end()).refused).toEqual([`${WHILE}${file} was changed; it is as it was again`]);
    expect(readFileSync(file, 'utf8')).toBe(was);
    rmSync(file);
    symlinkSync(join(repo.root, 'rota.yaml'), file);
    const yaml = repo.read('rota.yaml');
    expect((await end()).refused).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).toBe(was);
    expect(repo.read('rota.yaml')).toBe(yaml);
  });

  test("other people's worktrees: a pointer that leads elsewhere is put back, one that was moved is nothing", async () => {
    const { repo, start } = await watching();
    const theirs = join(repo.sandbox.folder, 'theirs');
    repo.git('worktree', 'add', '-q', theirs, '-b', 'topic');
    const end = await start();
    const pointer = join(repo.root, '.git/worktrees/theirs/gitdir');
    writeFileSync(join(repo.root, '.git/worktrees/theirs/commondir'), '/elsewhere\n');
    expect((await end()).refused).toHaveLength(1);
    expect(repo.git('-C', theirs, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('topic');
    repo.git('worktree', 'move', theirs, `${theirs}2`);
    expect(await end()).toEqual(NOTHING);
    expect(readFileSync(pointer, 'utf8').trim()).toBe(join(`${theirs}2`, '.git'));
    repo.git('worktree', 'remove', `${theirs}2`);
    expect(await end()).toEqual(NOTHING);
  });

  test('what an ended run noted about a worktree that is still there', async () => {
    const { project, make, start, runs, made, repo } = await watching();
    const branch = 'ai/developer/A2-other';
    repo.git('branch', branch);
    const folder = await openRunFolder(project.system, project.repository, {
      ...{ run: OTHER, role: 'developer', task: 'A2', branch },
    });
    writeFileSync(folder.provisionedFile, '"cache/"\n');
    repo.git('worktree', 'add', '-q', join(project.worktrees, branch), branch);
    writeFileSync(join(repo.root, '.git/worktrees/A2-other/rota-run'), `${OTHER} ready\n`);
    await folder.note({ outcome: 'partial', ended: new Date().toISOString() });
    const end = await start();
    writeFileSync(join(runs, OTHER, 'provisioned.jsonl'), '"cache/"\n"secret.txt"\n');
    expect((await end()).refused).toEqual([expect.stringContaining('provisioned.jsonl was changed')]);
    expect(readFileSync(folder.provisionedFile, 'utf8')).toBe('"cache/"\n');
    expect([typeof make, made.branch]).toEqual(['function', BRANCH]);
  });

  test("a link in the place of one of rota's folders: what was moved behind it comes back, nothing else is touched", async () => {
    const { repo, project, start, runs, made } = await watching();
    const end = await start();
    const away = join(repo.sandbox.folder, 'away');
    renameSync(project.repository.rotaDir, away);
    symlinkSync(away, project.repository.rotaDir);
    expect((await end()).refused).toEqual([
      `${WHILE}${project.repository.rotaDir} was replaced by a symbolic link; it is back in its place`,
    ]);
    expect(existsSync(join(runs, MINE, 'run.json'))).toBe(true);

    const outside = join(repo.sandbox.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'canary'), 'alive');
    rmSync(join(runs, MINE), { recursive: true });
    symlinkSync(outside, join(runs, MINE));
    renameSync(join(project.worktrees, 'ai'), join(repo.sandbox.folder, 'ai'));
    symlinkSync(outside, join(project.worktrees, 'ai'));
    expect((await end()).refused).toHaveLength(2);
    expect(readdirSync(outside)).toEqual(['canary']);
    expect(readdirSync(join(runs, MINE))).toEqual([]);
    expect(existsSync(made.path)).toBe(false);
  });

  test("rota's folder deleted: the run can go on noting", async () => {
    const { project, start, runs } = await watching();
    const end = await start();
    rmSync(project.repository.rotaDir, { recursive: true });
    expect((await end()).refused).toHaveLength(3);
    expect(existsSync(join(runs, MINE))).toBe(true);
  });
});
