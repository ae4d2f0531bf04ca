import { expect, test } from 'vitest';
import type { SweepEntry } from '../../../src/run/sweep/sweep-report.ts';
import { type FollowedScene, fileOf, openFollowed } from './open-followed.ts';

const reasons = (entries: readonly SweepEntry[]) => entries.map(({ reason }) => reason);

/** A person merges a task's branch by hand, as forges do it, too. */
function merge(s: FollowedScene, id: string, how: 'merge' | 'squash' | 'rebase'): void {
  const { shared } = s;
  const who = ['-c', 'user.name=Pat', '-c', 'user.email=pat@example.org'];
  const main = shared.git('rev-parse', 'main');
  if (how === 'rebase') {
    const work = s.box.clone(shared.root, `rebase-${id}`);
    work.git('switch', '-q', s.branch(id));
    work.git('rebase', '-q', '--force-rebase', 'origin/main');
    work.git('push', '-q', 'origin', 'HEAD:refs/heads/main');
    return;
  }
  const tree = shared.git('merge-tree', '--write-tree', 'main', s.branch(id));
  const parents = how === 'squash' ? ['-p', main] : ['-p', main, '-p', s.branch(id)];
  shared.git('update-ref', 'refs/heads/main', shared.git(...who, 'commit-tree', tree, ...parents, '-m', how));
}

test('merged by hand in whatever way, and gone on with since: everything of it goes', async () => {
  const s = await openFollowed({ remote: 'bare', ids: ['A1', 'A2', 'A3', 'A4', 'A5'] });
  s.onMain('person: elsewhere', { 'src/else.txt': 'else\n' });
  merge(s, 'A1', 'merge');
  merge(s, 'A2', 'squash');
  merge(s, 'A3', 'rebase');
  merge(s, 'A4', 'squash');
  s.onMain('person: other lines', { 'src/A4.txt': 'other lines\n', 'src/else.txt': 'more\n' });
  const { followed, kept } = await s.sweep();
  const named = (id: string, why: string) => `branch ${s.branch(id)}: ${why}`;
  expect(reasons(followed)).toEqual([
    named('A1', 'merged, cleaned up'),
    ...['A2', 'A3', 'A4'].map((id) => named(id, 'merged as other commits, cleaned up')),
    named('A5', 'waits for people'),
  ]);
  expect(kept).toEqual([]);
  const left = ['refs/heads/ai/developer/A5-list-things', 'refs/rota/tasks/A5'];
  expect(s.left()).toEqual([...left, 'here: refs/heads/ai/developer/A5-list-things']);
});

test('only a part of it is on main: nothing goes, though the task says done there', async () => {
  const s = await openFollowed({
    remote: 'bare',
    each: () => ({ files: { 'src/b.txt': 'b\n', 'src/c.txt': 'c\n' } }),
  });
  const done = s.shared.git('show', `${s.branch('A1')}:${fileOf('A1')}`);
  s.onMain('person: half of it', { 'src/b.txt': 'b\n', [fileOf('A1')]: `${done}\n` });
  const before = s.left();
  const { followed, kept } = await s.sweep();
  expect(followed).toEqual([]);
  expect(reasons(kept)).toEqual([
    expect.stringContaining('A1 is done on main, and the request is still open'),
  ]);
  expect(s.left()).toEqual(before);
});

test('merged and reverted: nothing is worked on again', async () => {
  const s = await openFollowed({ remote: 'bare' });
  const before = s.shared.git('rev-parse', 'main');
  merge(s, 'A1', 'squash');
  const who = ['-c', 'user.name=Pat', '-c', 'user.email=pat@example.org'];
  const undone = s.shared.git(...who, 'commit-tree', `${before}^{tree}`, '-p', 'main', '-m', 'Revert');
  s.shared.git('update-ref', 'refs/heads/main', undone);
  expect(reasons((await s.sweep()).kept)).toEqual([expect.stringContaining('A1 on main is not done')]);
  expect(s.record('A1')).toMatchObject({ state: 'proposed' });
});

test('the branch was deleted and its work is not on main: named, and kept here', async () => {
  const s = await openFollowed({ remote: 'bare' });
  const { head } = s.record('A1').proposal;
  s.shared.git('update-ref', '-d', `refs/heads/${s.branch('A1')}`);
  for (let n = 0; n < 2; n++)
    expect(reasons((await s.sweep()).kept)).toEqual([expect.stringContaining('deleted on the remote')]);
  expect(s.record('A1')).toMatchObject({ state: 'proposed' });
  expect(s.repo.git('rev-parse', s.branch('A1'))).toBe(head);
});

test('the branch was deleted after the merge: the rest goes', async () => {
  const s = await openFollowed({ remote: 'bare' });
  merge(s, 'A1', 'squash');
  s.shared.git('update-ref', '-d', `refs/heads/${s.branch('A1')}`);
  await s.sweep();
  expect(s.left()).toEqual([]);
});

test('a conflict with main goes back to the agent, once for what was proposed', async () => {
  const s = await openFollowed({ remote: 'bare', each: () => ({ files: { 'src/a.txt': 'ours\n' } }) });
  s.onMain('person: a', { 'src/a.txt': 'theirs\n' });
  expect(reasons((await s.sweep()).followed)).toEqual([expect.stringContaining('it goes back to the agent')]);
  const record = s.record('A1');
  expect(record).toMatchObject({ state: 'returned', reason: 'it conflicts with main', attempts: 0 });
  expect(record.notes).toMatchObject([{ outcome: 'returned' }]);
  const { followed } = await s.sweep();
  expect(reasons(followed)).toEqual([expect.stringContaining('went back to the agent')]);
});

test('a person pushed to the branch: their commits are judged and stay', async () => {
  const s = await openFollowed({ remote: 'bare' });
  const other = s.box.clone(s.shared.root, 'other');
  other.git('switch', '-q', s.branch('A1'));
  const later = other.commit('person: better', { 'src/better.txt': 'better\n' });
  // Only what rota proposed is merged.
  merge(s, 'A1', 'squash');
  other.git('push', '-q', s.shared.root, s.branch('A1'));
  await s.sweep();
  expect(s.shared.git('rev-parse', s.branch('A1'))).toBe(later);
  expect(s.record('A1')).not.toBe(null);
  // All of it.
  merge(s, 'A1', 'squash');
  await s.sweep();
  expect(s.left()).toEqual([]);
});
