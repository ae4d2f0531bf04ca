import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { landSoon } from '../../support/aftermath.ts';
import { during, WORK } from '../../support/during.ts';
import type { Scene } from '../../support/scene.ts';

/** A person has files of their own in the checkout, or moves checkouts about. */
describe.each(['agent', 'gate'] as const)('a person, while the %s works,', (moment) => {
  const { open, meanwhile, landed, waits } = during(moment);

  test.each([
    ['saved', (s: Scene) => s.home.write('src/greet.txt', 'my own hello\n'), 'src/greet.txt'],
    [
      'saved and staged',
      (s: Scene) => {
        s.home.write('src/greet.txt', 'my own hello\n');
        s.home.git('add', 'src/greet.txt');
      },
      'src/greet.txt',
    ],
    [
      'staged and gone from the folder',
      (s: Scene) => {
        s.home.write('src/greet.txt', 'my own hello\n');
        s.home.git('add', 'src/greet.txt');
        rmSync(join(s.home.root, 'src/greet.txt'));
      },
      'src/greet.txt',
    ],
    ['untracked', (s: Scene) => s.home.write('src/a.txt', 'my own hello\n'), 'src/a.txt'],
    [
      'ignored',
      (s: Scene) => {
        s.home.write('.git/info/exclude', '/src/a.txt\n/.worktrees/\n');
        s.home.write('src/a.txt', 'my own hello\n');
      },
      'src/a.txt',
    ],
    ['a folder', (s: Scene) => s.home.write('src/a.txt/deep.txt', 'my own hello\n'), 'src/a.txt'],
  ])(
    'has a file in the way (%s): waits, every byte stays, and it lands when the way is free',
    async (_how, put, path) => {
      const s = await open();
      let before = '';
      const look = () => {
        const status = s.home.git('status', '--porcelain', '-uall', '--ignored', '--', 'src');
        return `${status}
${execFileSync('tar', ['-c', 'src'], { cwd: s.home.root }).toString('hex')}`;
      };
      await waits(
        s,
        () => {
          put(s);
          before = look();
        },
        path,
      );
      expect(look()).toBe(before);
      expect((await s.rota(['sweep'])).doc.landed).toEqual([]);
      expect(look()).toBe(before);
      s.home.git('rm', '-rq', '--cached', '--ignore-unmatch', path);
      rmSync(join(s.home.root, path), { recursive: true, force: true });
      s.home.git('reset', '-q', '--', 'src');
      s.home.git('checkout', '-q', '--', 'src');
      await landSoon(s);
      expect(s.home.read('src/greet.txt')).toBe('HELLO\n');
      expect(s.home.git('status', '--porcelain')).toBe('');
    },
  );

  test('switches to another branch: it lands, and their checkout stays as it is', async () => {
    const s = await open();
    await landed(s, () => {
      s.home.git('switch', '-q', '-c', 'other');
      s.home.write('src/greet.txt', 'mine on other\n');
    });
    expect(s.home.git('symbolic-ref', '--short', 'HEAD')).toBe('other');
    expect(s.home.read('src/greet.txt')).toBe('mine on other\n');
    expect(s.home.git('status', '--porcelain')).toBe(' M src/greet.txt');
    s.home.git('checkout', '-q', '--', 'src/greet.txt');
    s.home.git('switch', '-q', 'main');
    expect(s.home.read('src/greet.txt')).toBe('HELLO\n');
  });

  test('checks main out in one more worktree, and has work there', async () => {
    const s = await open();
    const second = join(s.box.folder, 'second');
    await landed(s, () => {
      s.home.git('worktree', 'add', '-q', '--force', second, 'main');
      s.home.write('../second/mine.txt', 'mine\n');
    });
    expect(s.home.read('../second/src/greet.txt')).toBe('HELLO\n');
    expect(s.home.git('-C', second, 'status', '--porcelain')).toBe('?? mine.txt');
    expect(s.home.git('status', '--porcelain')).toBe('');
  });

  test("deletes the worktree's folder: nothing committed is lost, and the task lands in the end", async () => {
    const s = await open();
    const end = await meanwhile(s, () =>
      rmSync(join(s.home.root, '.worktrees'), { recursive: true, force: true }),
    );
    if (moment === 'gate') expect(end.doc.outcome).toBe('landed');
    else expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial' } });
    await landSoon(s);
    expect(s.worktrees()).toEqual([]);
  });

  test('is editing other files: staged, changed, deleted and untracked work survives byte for byte', async () => {
    const s = await open({ files: { 'b.bin': 'b\n', 'c.txt': 'c\n', 'd.txt': 'd\n' } });
    let before = '';
    await landed(s, () => {
      s.home.write('b.bin', Buffer.from([0, 255, 13, 10, 7]));
      s.home.git('add', 'b.bin');
      s.home.write('b.bin', Buffer.from([1, 2, 3]));
      s.home.write('c.txt', 'changed, not staged');
      s.home.git('rm', '-q', 'd.txt');
      s.home.write('new.txt', 'staged\n');
      s.home.git('add', 'new.txt');
      s.home.write('soon.txt', 'intended\n');
      s.home.git('add', '-N', 'soon.txt');
      s.home.write('src/loose.txt', 'untracked\n');
      before = bytes(s);
    });
    expect(bytes(s)).toBe(before);
    expect(s.home.git('status', '--porcelain', '-uall').split('\n').toSorted()).toEqual([
      ' A soon.txt',
      ' M c.txt',
      '?? src/loose.txt',
      'A  new.txt',
      'D  d.txt',
      'MM b.bin',
    ]);
    expect(s.home.read('src/greet.txt')).toBe('HELLO\n');
  });
});

/** Every byte below the person's folder that rota and the agent have nothing to do with. */
function bytes({ home }: Scene): string {
  const index = home.git('ls-files', '--stage', '--', '.', ':!backlog', ':!src');
  const files = home
    .git('ls-files', '-z', '--cached', '--others', '--', '.', ':!.worktrees', ':!backlog', ...WORK_PATHS)
    .split('\0')
    .filter((path) => path !== '' && home.exists(path))
    .map((path) => `${path}: ${Buffer.from(home.read(path), 'utf8').toString('hex')}`);
  return `${index}\n${files.join('\n')}`;
}

const WORK_PATHS = Object.keys(WORK).map((path) => `:!${path}`);
