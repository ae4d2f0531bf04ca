import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SweepEntry } from '../../../src/run/sweep/sweep-report.ts';
import { type FollowedScene, fileOf, openFollowed } from './open-followed.ts';

const reasons = (entries: readonly SweepEntry[]) => entries.map(({ reason }) => reason);
const ready = (id: string) => `---\nid: ${id}\ntitle: List things\nstatus: ready\n---\nDo ${id}.\n`;

const WAYS = { 1: 'merge', 2: 'squash', 3: 'rebase', 4: 'squash', 5: 'merge', 6: 'rebase' } as const;

test('merged in whatever way, in whatever state the record is: everything of it goes, once', async () => {
  const states = ['proposed', 'proposed', 'proposed', 'blocked', 'held', 'returned', 'proposed'] as const;
  const ids = states.map((_, n) => `A${n + 1}`);
  const s = await openFollowed({
    ids,
    each: (id) => ({
      record: { state: states[ids.indexOf(id)]!, reason: 'why' },
      reserves: ['A2', 'A7'].includes(id) ? [`${id}0`] : [],
    }),
  });
  s.onMain('person: elsewhere', { 'src/else.txt': 'else\n' });
  for (const [number, how] of [...Object.entries(WAYS)]) s.hub.merge(Number(number), how);
  // What main had of it was changed since: the forge knows.
  s.onMain('person: other lines', { 'src/A2.txt': 'something else\n' });
  const swept = await s.sweep();
  expect(reasons(swept.followed)).toEqual([
    ...[1, 2, 3, 4, 5, 6].map((number) => `${s.url(number)}: merged, cleaned up`),
    `${s.url(7)}: not reviewed yet`,
  ]);
  expect(swept.kept).toEqual([]);
  const seventh = ['refs/heads/ai/developer/A7-list-things', 'refs/rota/tasks/A7', 'refs/rota/tasks/A70'];
  expect(s.left()).toEqual([...seventh, 'here: refs/heads/ai/developer/A7-list-things']);
  expect((await s.sweep()).followed.length).toBe(1);
});

test('merged, but main has not moved: unsure, so everything stays', async () => {
  const s = await openFollowed();
  s.hub.get(1).state = 'MERGED';
  s.hub.get(1).merge = '1'.repeat(40);
  const before = s.left();
  const { kept } = await s.sweep();
  expect(reasons(kept)).toEqual([expect.stringContaining('not on main as it was read')]);
  expect(s.left()).toEqual(before);
  expect(s.record('A1')).toMatchObject({ state: 'proposed' });
});

test('merged by hand while the request stays open: named, nothing goes', async () => {
  const s = await openFollowed();
  s.shared.git('update-ref', 'refs/heads/main', squashed(s, 'A1'));
  const before = s.left();
  const { kept } = await s.sweep();
  expect(reasons(kept)).toEqual([
    `${s.url(1)}: its work is on main already, but the request is still open: close it`,
  ]);
  expect(s.left()).toEqual(before);
  s.hub.shut(1);
  expect(reasons((await s.sweep()).followed)).toEqual([`${s.url(1)}: merged as other commits, cleaned up`]);
  expect(s.left()).toEqual([]);
});

test('closed: blocked, and what was reserved with it is free', async () => {
  const s = await openFollowed({ ids: ['A1'], each: () => ({ reserves: ['A7', 'A8'] }) });
  expect(s.left()).toContain('refs/rota/tasks/A7');
  s.hub.shut(1);
  expect(reasons((await s.sweep()).followed)).toEqual([`${s.url(1)}: closed without being merged`]);
  expect(s.record('A1')).toMatchObject({ state: 'blocked', pr: s.url(1), attempts: 0 });
  expect(s.left().filter((ref) => ref.includes('tasks'))).toEqual(['refs/rota/tasks/A1']);
  expect(reasons((await s.sweep()).followed)).toEqual([]);
  s.hub.get(1).state = 'OPEN';
  expect(reasons((await s.sweep()).followed)).toEqual([`${s.url(1)}: it was opened again`]);
  expect(s.record('A1')).toMatchObject({ state: 'proposed', reason: null });
});

test('one that is being worked on is left alone', async () => {
  const lock = { run: 'R1', role: 'developer', by: 'pat', host: 'h', machine: 'other', pidNamespace: 'n' };
  const more = {
    boot: 'b',
    pid: 7,
    started: '1',
    pgid: null,
    branch: 'ai/developer/A1-list-things',
    since: 'now',
  };
  const s = await openFollowed({
    each: () => ({ record: { state: 'returned', lock: { ...lock, ...more } } }),
  });
  s.hub.shut(1);
  expect((await s.sweep()).followed).toEqual([]);
  expect(s.record('A1')).toMatchObject({ state: 'returned', lock: { run: 'R1' } });
});

test('a request of another branch is not taken for its own, whatever number the record names', async () => {
  const s = await openFollowed({
    ids: ['A1', 'A2'],
    each: (id) => ({ record: id === 'A1' ? { pr: null } : {} }),
  });
  const [first, second] = s.hub.all();
  s.hub.shut(2);
  second!.branch = 'nobody/else';
  await s.sweep();
  // Without a number the branch's own request is found.
  expect(s.record('A1')).toMatchObject({ state: 'proposed', pr: s.url(first!.number) });
  expect(s.record('A2')).toMatchObject({ state: 'proposed', pr: s.url(2) });
});

test('a forge that fails: said with what to do, the rest goes on with what git says, and the next sweep with all', async () => {
  const s = await openFollowed({ ids: ['A1', 'A2', 'A3'] });
  s.hub.merge(1, 'squash');
  s.hub.shut(2);
  s.hub.review(3, 'CHANGES_REQUESTED', 'No.');
  let first = [`${s.url(1)}: merged as other commits, cleaned up`];
  for (const [how, words] of TROUBLES) {
    s.hub.behave(how);
    const { kept, followed } = await s.sweep();
    expect(kept, how).toMatchObject([{ task: null, reason: expect.stringMatching(words) }]);
    expect(reasons(followed), how).toEqual([
      ...first,
      `${s.url(2)}: waits for people`,
      `${s.url(3)}: waits for people`,
    ]);
    first = [];
  }
  s.hub.behave('normal');
  await s.sweep();
  expect(['A1', 'A2', 'A3'].map((id) => s.record(id)?.state)).toEqual([undefined, 'blocked', 'returned']);
});

const TROUBLES = [
  ['offline', /cannot be reached/],
  ['logged-out', /gh auth login/],
  ['page', /makes no sense/],
  ['nonsense', /makes no sense/],
  ['broken', /502/],
] as const;

test('gh is not there: said, and the next sweep goes on', async () => {
  const s = await openFollowed({ config: 'pull-request: {forge: gh}\n' });
  s.hub.review(1, 'CHANGES_REQUESTED', 'No.');
  const path = s.box.env['PATH'];
  s.box.env['PATH'] = onlyGit(s);
  const { kept } = await s.sweep();
  expect(reasons(kept)).toEqual([expect.stringMatching(/gh .*(not (installed|found|there)|missing)/i)]);
  expect(s.record('A1')).toMatchObject({ state: 'proposed' });
  s.box.env['PATH'] = path!;
  await s.sweep();
  expect(s.record('A1')).toMatchObject({ state: 'returned' });
});

test('after a rate limit nobody asks before it ends; an end in a far future is not believed', async () => {
  const s = await openFollowed();
  s.hub.behave('rate-limited', new Date(Date.now() + 1_800_000));
  await s.sweep();
  s.hub.behave('normal');
  s.hub.shut(1);
  const asked = s.hub.asked.length;
  expect(reasons((await s.sweep()).kept)).toEqual([expect.stringMatching(/not asked before 20/)]);
  expect(s.hub.asked.length).toBe(asked);
  s.repo.write('.git/rota/forge-rests', '2999-01-01T00:00:00Z\n');
  await s.sweep();
  expect(s.record('A1')).toMatchObject({ state: 'blocked' });
});

test('people took the task: named, and neither closed nor given to the agent', async () => {
  const s = await openFollowed({ ids: ['A1', 'A2', 'A3', 'A4'] });
  s.onMain('person: mine', {
    [fileOf('A1')]: ready('A1').replace('ready', 'dropped'),
    [fileOf('A2')]: ready('A2').replace('status:', 'lock: mike\nstatus:'),
    [fileOf('A4')]: ready('A4').replace('Do A4', 'Do it well'),
  });
  s.repo.git('fetch', '-q');
  for (const number of [1, 2, 3]) s.hub.review(number, 'CHANGES_REQUESTED', 'No.');
  const { kept, followed } = await s.sweep();
  expect(reasons(kept)).toEqual([
    expect.stringContaining('A1 is dropped on main, and the request is still open'),
    expect.stringContaining('mike locked A2'),
    expect.stringContaining('edited on main since it was proposed'),
  ]);
  expect(reasons(followed)).toEqual([expect.stringContaining('it goes back to the agent')]);
  expect(['A1', 'A2', 'A3', 'A4'].map((id) => s.record(id).state)).toEqual([
    ...['proposed', 'proposed', 'returned', 'proposed'],
  ]);
  expect(s.hub.all().map(({ state }) => state)).toEqual(['OPEN', 'OPEN', 'OPEN', 'OPEN']);
});

test('merged, and a person took the end of the task out: named, nothing is changed until they say more', async () => {
  const s = await openFollowed();
  s.hub.merge(1, 'squash');
  s.onMain('person: not done yet', { [fileOf('A1')]: ready('A1') });
  const before = [s.left(), s.record('A1')];
  expect(reasons((await s.sweep()).kept)).toEqual([expect.stringContaining('A1 on main is not done')]);
  expect([s.left(), s.record('A1')]).toEqual(before);
  s.onMain('person: more', { [fileOf('A1')]: ready('A1').replace('Do A1', 'Do more') });
  expect(reasons((await s.sweep()).followed)).toEqual([expect.stringContaining('it can be picked again')]);
  expect(s.left()).toEqual([]);
});

test('commits that came after the merge stay, on the remote and here', async () => {
  const s = await openFollowed();
  s.hub.merge(1, 'squash');
  s.repo.git('switch', '-q', s.branch('A1'));
  const later = s.repo.commit('person: later', { 'src/later.txt': 'later\n' });
  s.repo.git('push', '-q', 'origin', s.branch('A1'));
  s.repo.git('switch', '-q', 'main');
  const { kept } = await s.sweep();
  expect(reasons(kept)).toEqual([
    expect.stringContaining('stays here'),
    expect.stringContaining('stays on the remote'),
  ]);
  expect(s.record('A1')).toBe(null);
  expect(s.shared.git('rev-parse', s.branch('A1'))).toBe(later);
  expect(s.repo.git('rev-parse', s.branch('A1'))).toBe(later);
});

test.each([true, false])(
  'what people pushed before the merge is on main as well; branch there: %s',
  async (there) => {
    const s = await openFollowed();
    const other = s.box.clone(s.shared.root, 'other');
    other.git('switch', '-q', s.branch('A1'));
    other.commit('person: better', { 'src/better.txt': 'better\n' });
    other.git('push', '-q', s.shared.root, s.branch('A1'));
    s.hub.merge(1, 'squash');
    if (!there) s.shared.git('update-ref', '-d', `refs/heads/${s.branch('A1')}`);
    const { kept } = await s.sweep();
    expect(kept).toEqual([]);
    expect(s.left()).toEqual([]);
  },
);

test('a branch that is checked out by a person stays', async () => {
  const s = await openFollowed();
  s.hub.merge(1, 'squash');
  s.repo.git('switch', '-q', s.branch('A1'));
  expect(reasons((await s.sweep()).kept)).toEqual([expect.stringContaining('stays here: it is in use')]);
  expect(s.left()).toEqual([`here: refs/heads/${s.branch('A1')}`]);
});

test('--dry-run says it, and writes nothing', async () => {
  const s = await openFollowed({ ids: ['A1', 'A2', 'A3'] });
  s.hub.shut(1);
  s.hub.review(2, 'CHANGES_REQUESTED', 'No.');
  s.hub.merge(3, 'squash');
  await s.sweep({ only: 'this-machine' });
  const state = () => [s.left(), s.record('A1'), s.record('A2'), s.repo.git('count-objects', '-v')];
  const before = state();
  const { followed } = await s.sweep({ dryRun: true });
  expect(reasons(followed)).toEqual([
    expect.stringContaining('closed without being merged (not done: dry run)'),
    expect.stringContaining('goes back to the agent (not done: dry run)'),
    expect.stringContaining('merged; it would be cleaned up'),
  ]);
  expect(state()).toEqual(before);
});

test('a push of the work was cut off: it is pushed, and its request brought up to date', async () => {
  const s = await openFollowed({ each: () => ({ record: { pr: null } }) });
  s.shared.git('update-ref', '-d', `refs/heads/${s.branch('A1')}`);
  (s.hub.all() as unknown[]).length = 0;
  expect(reasons((await s.sweep()).followed)).toEqual([`proposed: ${s.url(1)}`]);
  expect(s.record('A1')).toMatchObject({ pr: s.url(1) });
  expect(s.hub.get(1).head).toBe(s.record('A1').proposal.head);
  // An update that was not pushed.
  const t = await openFollowed();
  t.shared.git('update-ref', `refs/heads/${t.branch('A1')}`, `${t.branch('A1')}~1`);
  await t.sweep();
  expect(t.hub.get(1).head).toBe(t.record('A1').proposal.head);
  expect(t.hub.all().length).toBe(1);
});

test('fifty open requests are one question to the forge', async () => {
  const ids = Array.from({ length: 50 }, (_, n) => `A${n + 1}`);
  const s = await openFollowed({
    ids,
    each: (id) => (id === 'A9' ? { files: { 'src/a.txt': 'ours\n' } } : {}),
  });
  s.onMain('person: a', { 'src/a.txt': 'theirs\n' });
  s.hub.check(8, { name: 'build', conclusion: 'FAILURE' });
  s.hub.review(7, 'CHANGES_REQUESTED', 'No.');
  const { followed, kept } = await s.sweep();
  expect([followed.length, kept.length]).toEqual([50, 0]);
  expect(s.hub.asked).toEqual(['POST graphql RotaFollow']);
  expect(['A6', 'A7', 'A8', 'A9'].map((id) => s.record(id).reason)).toEqual([
    null,
    'changes are requested',
    'a check fails',
    'it conflicts with main',
  ]);
});

/** The work of a task as one commit on main, made by hand. */
function squashed({ shared, branch }: FollowedScene, id: string): string {
  const tree = shared.git('merge-tree', '--write-tree', 'main', branch(id));
  return shared.git(
    '-c',
    'user.name=P',
    '-c',
    'user.email=p@e',
    'commit-tree',
    tree,
    '-p',
    'main',
    '-m',
    'by hand',
  );
}

/** A folder of programs with git and no gh. */
function onlyGit({ box }: FollowedScene): string {
  const folder = join(box.folder, 'programs');
  mkdirSync(folder);
  const git = execFileSync('sh', ['-c', 'command -v git'], { env: box.env, encoding: 'utf8' }).trim();
  symlinkSync(git, join(folder, 'git'));
  return folder;
}
