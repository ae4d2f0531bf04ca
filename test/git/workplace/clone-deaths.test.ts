import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitLeftovers } from '../../../src/run/worktree/commit-leftovers.ts';
import { enterClone } from '../../../src/run/worktree/enter-clone.ts';
import { leaveClone } from '../../../src/run/worktree/leave-clone.ts';
import { faultySystem } from '../../support/faulty-system.ts';
import { BRANCH } from '../worktree/open-test-project.ts';
import { type CloneScene, cloneScene, kindOf, namesIn } from './clone-scene.ts';

/** Every step: ROTA_STEPS=all. Else some of them, by turns. */
const EVERY = process.env['ROTA_STEPS'] === 'all' ? 1 : 5;
const LIMIT = EVERY === 1 ? 3_600_000 : 300_000;

/** Dies at step n of an action; null: the action has fewer steps. */
async function dieAt(
  s: CloneScene,
  n: number,
  when: 'before' | 'after',
  action: (project: CloneScene['project']) => Promise<unknown>,
): Promise<string | null> {
  const faulty = faultySystem(s.project.system, { kind: 'death', at: n, when });
  const ended = await Promise.race([
    action({ ...s.project, system: faulty.system }).then(() => true),
    faulty.died.then(() => false),
  ]);
  if (!ended || faulty.hit()) return `death ${when} step ${n}`;
  await faulty.end();
  return null;
}

function steps(): [number, 'before' | 'after'][] {
  return Array.from({ length: 1000 }, (_, n) => [1 + Math.floor(n / 2), n % 2 === 0 ? 'before' : 'after']);
}

async function expectHealed(s: CloneScene, where: string, commits: readonly string[]): Promise<void> {
  expect(kindOf(s.dotGit), where).toBe('file');
  expect(s.git('status', '--porcelain'), where).toBe('');
  expect(s.repo.git('log', '-2', '--format=%s', BRANCH).split('\n').toReversed(), where).toEqual(commits);
  expect(s.repo.git('fsck', '--no-dangling'), where).toBe('');
  expect(s.kept(), where).toEqual([]);
  expect(namesIn(join(s.project.worktrees, '.clones')), where).toEqual([]);
}

test('death while an agent’s work is taken in: the next one takes in all of it, once', {
  timeout: LIMIT,
}, async () => {
  const s = await cloneScene();
  const left = { task: 'A1', run: 'RUN1', worktree: s.worktree, base: s.worktree.base };
  let deaths = 0;
  let whole = false;
  for (const [at, when] of steps()) {
    if ((at + (when === 'after' ? 2 : 0)) % EVERY !== 0) continue;
    s.commit(`feat: ${at} ${when}`, { 'src/mine.txt': `${at} ${when}\n` });
    s.git(
      'branch',
      '-f',
      'idea',
      s.git('commit-tree', '-p', 'HEAD', '-m', `idea ${at} ${when}`, 'HEAD^{tree}'),
    );
    s.write('src/left.txt', `${at} ${when}\n`);
    const rescues = s.rescues().length;
    const where = await dieAt(s, at, when, (project) => leaveClone(project, left));
    expect((await s.finish()).said, where ?? '').toEqual([]);
    await expectHealed(s, where ?? 'the end', [`feat: ${at} ${when}`, 'chore(A1): left']);
    expect(s.rescues().length, where ?? '').toBe(rescues + 1);
    whole = where === null;
    if (whole) break;
    deaths += 1;
    await s.enter();
  }
  expect(deaths).toBeGreaterThan(4);
  // Every step that there is was reached.
  expect(whole).toBe(true);
});

test('death while the agent’s repository is put in place: the worktree comes back, or it is whole', {
  timeout: LIMIT,
}, async () => {
  const s = await cloneScene();
  s.commit('feat: a', { 'src/a.txt': 'mine\n' });
  s.write('src/left.txt', 'left\n');
  await s.finish();
  let deaths = 0;
  let whole = false;
  for (const [at, when] of steps()) {
    if ((at + (when === 'after' ? 2 : 0)) % EVERY !== 0) continue;
    const where = await dieAt(s, at, when, (project) =>
      enterClone(project, { run: 'RUN1', worktree: s.worktree }),
    );
    const said = await s.leave();
    expect(said, where ?? '').toEqual([]);
    expect((await commitLeftovers(s.project, s.worktree, 'x')).committed).toBe(false);
    await s.enter();
    await s.leave();
    await expectHealed(s, where ?? 'the end', ['feat: a', 'chore(A1): left']);
    whole = where === null;
    if (whole) break;
    deaths += 1;
  }
  expect(deaths).toBeGreaterThan(4);
  // Every step that there is was reached.
  expect(whole).toBe(true);
});
