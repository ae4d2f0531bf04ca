import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectSound, landSoon, redCommits } from '../../support/aftermath.ts';
import { expectTidy, type Scene, scene } from '../../support/scene.ts';
import { until } from '../../support/until.ts';

const WORK = { 'src/greet.txt': 'HELLO\n', 'src/a.txt': 'a\n' };

/** Something of git's is open in the person's checkout when the work is ready to land. */
describe('at home, main waits while there is', () => {
  async function open(prepare?: (s: Scene) => void): Promise<Scene> {
    const s = await scene();
    s.agent.script('A1', [{ write: WORK }, { pause: 'agent' }]);
    prepare?.(s);
    return s;
  }

  async function waits(s: Scene, act: () => unknown, reason: RegExp): Promise<void> {
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('agent');
    await act();
    const before = s.home.git('status', '--porcelain', '-uall');
    s.agent.goOn('agent');
    const end = await ended;
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'waiting' } });
    expect(end.doc.reason).toMatch(reason);
    expectTidy(s, end);
    expect(s.home.git('status', '--porcelain', '-uall')).toBe(before);
  }

  function side(s: Scene): void {
    s.home.git('switch', '-q', '-c', 'side');
    s.home.commit('person: side', { 'README.md': '# side\n' });
    s.home.git('switch', '-q', 'main');
    s.home.commit('person: main', { 'README.md': '# main\n' });
  }

  test.each([
    ['a merge', ['merge', '-q', 'side'], ['merge', '--abort'], /merge/],
    ['a cherry-pick', ['cherry-pick', 'side'], ['cherry-pick', '--abort'], /cherry-pick/],
    ['a revert', ['revert', '--no-edit', 'HEAD~1'], ['revert', '--abort'], /revert/],
  ] as const)('%s with conflicts', async (what, start, abort, reason) => {
    const s = await open((made) => {
      side(made);
      made.home.commit('person: more', { 'README.md': '# more\n' });
    });
    await waits(
      s,
      () => tryGit(s, ...(what === 'a revert' ? (['revert', '--no-edit', 'HEAD~2'] as const) : start)),
      reason,
    );
    s.home.git(...abort);
    await landSoon(s);
    expect(s.home.git('status', '--porcelain')).toBe('');
    expect(s.home.read('README.md')).toBe('# more\n');
  });

  test('a bisect', async () => {
    const s = await open(side);
    await waits(
      s,
      () => {
        s.home.git('bisect', 'start');
        s.home.git('bisect', 'bad');
      },
      /bisect/,
    );
    s.home.git('bisect', 'reset');
    await landSoon(s);
  });

  test('an index.lock of somebody', async () => {
    const s = await open();
    const lock = join(s.home.root, '.git/index.lock');
    await waits(s, () => s.home.write('.git/index.lock', ''), /index\.lock/);
    expect((await s.rota(['sweep'])).doc.landed).toEqual([]);
    expect(existsSync(lock)).toBe(true);
    rmSync(lock);
    await landSoon(s);
  });

  test('a commit --amend with its message open', async () => {
    const s = await open();
    const at = (name: string) => join(s.box.folder, name);
    s.home.write(
      '../editor',
      `#!/bin/sh\ntouch ${at('open')}\nwhile ! test -e ${at('close')}; do sleep 0.02; done\n`,
    );
    let amended: Promise<number | null> | undefined;
    await waits(
      s,
      () => {
        s.home.commit('person: mine', { 'docs/a.md': 'a\n' });
        const env = { ...s.box.env, GIT_EDITOR: at('editor') };
        const child = spawn('git', ['commit', '--amend'], { cwd: s.home.root, env, stdio: 'ignore' });
        amended = new Promise((done) => child.on('close', done));
        return until(() => existsSync(at('open')), 'the editor did not open');
      },
      /commit/,
    );
    s.home.write('../close', '');
    expect(await amended).toBe(0);
    await landSoon(s);
    expect(s.onMain('docs/a.md')).toBe('a\n');
  });
});

test('a stash of the person, made while the agent works, can be taken back after the landing', async () => {
  const s = await scene();
  s.agent.script('A1', [{ write: WORK }, { pause: 'agent' }]);
  s.home.write('README.md', '# before\n');
  const { ended } = s.start(['run', 'developer']);
  await s.agent.reached('agent');
  s.home.git('stash', '-q');
  s.agent.goOn('agent');
  expect(await ended).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  s.home.git('stash', 'pop', '-q');
  expect(s.home.read('README.md')).toBe('# before\n');
  await expectSound(s);
});

test('a checkout that is on another branch from the start is left alone', async () => {
  const s = await scene();
  s.agent.script('A1', [{ write: WORK }]);
  s.home.git('switch', '-q', '-c', 'mine');
  mkdirSync(join(s.home.root, 'src/a.txt'));
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.home.read('src/greet.txt')).toBe('hello\n');
  expect(redCommits(s)).toEqual([]);
  expectTidy(s, end);
});

test('a detached head at home is left alone', async () => {
  const s = await scene();
  s.agent.script('A1', [{ write: WORK }]);
  const head = s.home.git('rev-parse', 'HEAD');
  s.home.git('checkout', '-q', '--detach');
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.home.git('rev-parse', 'HEAD')).toBe(head);
  expect(s.home.git('status', '--porcelain')).toBe('');
});

function tryGit({ home }: Scene, ...args: readonly string[]): void {
  expect(() => home.git(...args)).toThrow();
}
