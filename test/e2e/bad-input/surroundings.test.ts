import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Sandbox, sandbox, type TestRepo } from '../../support/repo.ts';
import { errorOf, expectLands, project } from './project.ts';

const READS = [['list'], ['show', 'A1'], ['next', 'developer'], ['status'], ['check'], ['log']];
const WRITES = [
  ['run', 'developer'],
  ['add', 'x'],
  ['pause'],
  ['lock', 'A1'],
  ['sweep'],
  ['init', '--gate', 'none'],
];

const mounted: string[] = [];

// Before the sandbox goes: hooks run last in, first out.
afterEach(() => {
  for (const disk of mounted.splice(0)) execFileSync('umount', ['-l', disk]);
});

/** Whether this user may mount: in a namespace of its own it would not be seen by the command under test. */
const mayMount = (() => {
  const probe = spawnSync('sh', [
    '-c',
    'd=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs "$d" && umount "$d"; s=$?; rmdir "$d"; exit $s',
  ]);
  return probe.status === 0;
})();

/** The repository on a small file system of its own, mounted below the sandbox. */
function onSmallDisk(box: Sandbox, size: string): { repo: TestRepo; disk: string } {
  const disk = join(box.folder, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
  mounted.push(disk);
  const first = project(box, {}, 'first');
  cpSync(first.root, join(disk, 'r'), { recursive: true });
  return { repo: at(first, join(disk, 'r')), disk };
}

function at(repo: TestRepo, root: string): TestRepo {
  const git = (...args: string[]) => repo.git('-C', root, ...args);
  return {
    ...repo,
    root,
    git,
    rota: (args, options) => repo.rota(['-C', root, ...args], options),
    json: (args, options) => repo.json(['-C', root, ...args], options),
  };
}

describe('disks', () => {
  test.skipIf(!mayMount)(
    'full: said, nothing half done, and it lands when there is space again',
    async () => {
      const { repo, disk } = onSmallDisk(sandbox(), '3m');
      const before = repo.git('rev-parse', 'main');
      spawnSync('dd', ['if=/dev/zero', `of=${disk}/fill`, 'bs=1k']);
      for (const args of READS) expect((await repo.rota(args)).code, args.join(' ')).toBe(0);
      for (const args of [
        ['run', 'developer'],
        ['add', 'x'],
        ['lock', 'A1'],
      ]) {
        const error = await errorOf(repo, args);
        expect(error, args.join(' ')).toMatchObject({ code: 'files', exit: 3 });
        expect(error.hint).toMatch(/space/);
      }
      expect(repo.git('rev-parse', 'main')).toBe(before);
      expect(repo.git('for-each-ref', 'refs/rota/')).toBe('');
      rmSync(join(disk, 'fill'));
      await expectLands(repo);
      expect(repo.git('status', '--porcelain')).toBe('');
    },
  );

  test.skipIf(!mayMount)('read-only: looking works, everything else says why', async () => {
    const { repo, disk } = onSmallDisk(sandbox(), '8m');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    for (const args of READS) expect((await repo.rota(args)).code, args.join(' ')).toBe(0);
    for (const args of WRITES) {
      const error = await errorOf(repo, args);
      expect(error, args.join(' ')).toMatchObject({ code: 'files', exit: 3 });
      expect(`${error.message} ${error.hint}`).toMatch(/read-only/i);
    }
  });
});

describe('folders of the person', () => {
  test('a cache that cannot be made: looking and editing work, and a run says why it cannot', async () => {
    const repo = project(sandbox());
    const blocker = join(repo.sandbox.folder, 'blocker');
    writeFileSync(blocker, '');
    for (const XDG_CACHE_HOME of [blocker, '/proc/none']) {
      const env = { XDG_CACHE_HOME };
      for (const args of READS) expect((await repo.rota(args, { env })).code, args.join(' ')).toBe(0);
      expect((await repo.rota(['add', 'x'], { env })).code).toBe(0);
      const ran = await repo.rota(['run', 'developer', '--json'], { env });
      expect(ran.code).toBe(3);
      expect(JSON.parse(ran.stdout)).toMatchObject({
        outcome: 'failed',
        reason: expect.stringContaining(XDG_CACHE_HOME),
      });
      // A failed run is tried again later; here it is at once.
      for (const ref of repo.git('for-each-ref', '--format=%(refname)', 'refs/rota/tasks').split('\n'))
        repo.git('update-ref', '-d', ref);
    }
  });

  test('a temporary folder that is gone keeps nobody from looking', async () => {
    const repo = project(sandbox());
    const env = { TMPDIR: '/nowhere/at/all' };
    for (const args of READS) expect((await repo.rota(args, { env })).code, args.join(' ')).toBe(0);
  });

  test('git is not installed', async () => {
    const repo = project(sandbox());
    const error = await errorOf(repo, ['list'], { PATH: join(repo.sandbox.folder, 'none') });
    expect(error).toMatchObject({ code: 'git', exit: 3, hint: expect.stringContaining('Install git') });
  });
});
