import { describe, expect, test } from 'vitest';
import { expectIntact, expectTidy, type Hub, scene, taskFile, taskText } from '../../support/scene.ts';
import { resultText } from '../../support/scripted-agent.ts';

const HUBS: readonly Hub[] = ['none', 'file', 'http'];

describe.each(HUBS)('landed, main shared by: %s', (hub) => {
  test('code, done and log arrive in one green commit; branch, worktree, record and lock are gone', async () => {
    const s = await scene({ hub });
    const commit = '{type: feat, subject: greet loudly}';
    s.agent.script('A1', [
      { write: { 'src/greet.txt': 'HELLO\n', 'src/new/deep.txt': 'deep\n' } },
      { result: resultText(`outcome: done\nsummary: It greets.\ncommit: ${commit}`) },
    ]);
    const end = await s.run();
    expect(end).toMatchObject({
      code: 0,
      doc: { outcome: 'landed', role: 'developer', task: 'A1', worktree: null, pr: null },
    });
    expectTidy(s, end);

    expect(s.history()).toEqual(['feat(A1): greet loudly', 'chore(backlog): developer takes A1 [skip ci]']);
    expect(end.doc.commit).toBe(s.shared.git('rev-parse', 'main'));
    expect(end.doc.gate.map(({ name, passed }: { name: string; passed: boolean }) => [name, passed])).toEqual(
      [
        ['contract', true],
        ['backlog', true],
        ['test ! -e broken', true],
      ],
    );
    expect(s.onMain('src/greet.txt')).toBe('HELLO\n');
    const text = expectIntact(s, 'A1', 'done');
    expect(text).toMatch(
      /## Log\n\n.* \| developer \| A1 \| started \| picked from backlog\n.* \| landed \| run /,
    );
    const message = s.shared.git('log', '-1', '--format=%B', 'main');
    const tree = s.shared.git('rev-parse', 'main^{tree}');
    for (const trailer of ['Task: A1', 'Role: developer', `Run: ${end.doc.run}`, `Gated: ${tree}`])
      expect(message).toContain(`\n${trailer}`);
    expect(message).toContain('\n\nIt greets.\n');
    expect(s.record('A1')).toBe(null);
    expect(s.branches()).toEqual([]);
    expect(s.branches(s.shared)).toEqual([]);
    expect(s.worktrees()).toEqual([]);
    expect(s.home.git('status', '--porcelain')).toBe('');
    if (hub === 'none') expect(s.home.read('src/new/deep.txt')).toBe('deep\n');
    else expect(s.home.read('src/greet.txt')).toBe('hello\n');
  });
});

test('the claim is shown on main while the agent works', async () => {
  const s = await scene();
  s.agent.script('A1', [{ pause: 'work' }, { write: { 'src/a.txt': 'a\n' } }]);
  const { ended } = s.start(['run', 'developer']);
  await s.agent.reached('work');
  const text = s.home.read(taskFile('A1'));
  expect(text).toMatch(/^lock: \{run: [0-9A-Z]{26}, role: developer, by: /m);
  expect(s.record('A1')).toMatchObject({
    task: 'A1',
    state: null,
    lock: { role: 'developer', branch: 'ai/developer/A1-greet-from-a1' },
  });
  expect(await s.rota(['list'])).toMatchObject({
    doc: [{ id: 'A1', lock: { role: 'developer', alive: true } }],
  });
  expect(s.home.git('status', '--porcelain')).toBe('');
  s.agent.goOn('work');
  const end = await ended;
  expectTidy(s, end);
  expect(end.doc.outcome).toBe('landed');
});

test('what a person has staged, changed and left untracked at home survives a landing', async () => {
  const s = await scene();
  s.home.write('README.md', '# staged\n');
  s.home.git('add', 'README.md');
  s.home.write('README.md', '# changed after that\n');
  s.home.write('mine.txt', 'mine\n');
  s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }]);
  const end = await s.run();
  expect(end.doc.outcome).toBe('landed');
  expect(s.home.git('status', '--porcelain')).toBe('MM README.md\n?? mine.txt');
  expect(s.home.git('show', ':README.md')).toBe('# staged');
  expect(s.home.read('src/a.txt')).toBe('a\n');
});

test('publish: off shows nothing on main but the landing', async () => {
  const s = await scene({ config: { publish: 'off' } });
  s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }]);
  const end = await s.run();
  expectTidy(s, end);
  expect(end.doc.outcome).toBe('landed');
  expect(s.history()).toEqual(['feat(A1): Greet from A1']);
  expectIntact(s, 'A1', 'done');
});

test('tasks land one after the other, by priority, and a dependency opens the way', async () => {
  const s = await scene({
    tasks: {
      [taskFile('A1')]: taskText('A1', { depends: '[A3]', priority: 'high' }),
      [taskFile('A2')]: taskText('A2', { priority: 'low' }),
      [taskFile('A3')]: taskText('A3'),
    },
  });
  for (const id of ['A1', 'A2', 'A3']) s.agent.script(id, [{ write: { [`src/${id}.txt`]: 'x\n' } }]);
  const order = [];
  for (let n = 0; n < 4; n++) {
    const end = await s.run();
    expectTidy(s, end);
    order.push(end.doc.task ?? end.doc.outcome);
  }
  expect(order).toEqual(['A3', 'A1', 'A2', 'idle']);
  for (const id of ['A1', 'A2', 'A3']) expectIntact(s, id, 'done');
});

test('a bare repository: no checkout anywhere, the same landing', async () => {
  const s = await scene();
  const bare = s.clone('unused');
  const hub = s.box.bare('alone.git');
  bare.git('push', '-q', hub.root, 'main');
  s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }]);
  const end = await s.rota(['run', 'developer'], hub);
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(hub.git('show', 'main:src/a.txt')).toBe('a');
  expect(hub.git('show', `main:${taskFile('A1')}`)).toContain("status: 'done'");
  expect(hub.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  expect(s.worktrees(hub)).toEqual([]);
});
