import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FakeClient, type FakeTurn, fakeClient } from '../support/fake-client.ts';
import { expectTidy, type Scene, type SceneWish, scene, taskFile, taskText } from '../support/scene.ts';
import { resultText } from '../support/scripted-agent.ts';

async function withClaude(wish: SceneWish = {}): Promise<[Scene, FakeClient]> {
  const s = await scene({ config: { agents: '{mine: {preset: claude}}', workers: '1' }, ...wish });
  const fake = fakeClient(join(s.box.folder, 'desk'), 'claude');
  s.box.env['PATH'] = `${fake.bin}:${s.box.env['PATH']}`;
  return [s, fake];
}

const DONE: FakeTurn = {
  sample: 'done',
  write: { 'src/greet.txt': 'good day\n' },
  result: resultText('outcome: done\nsummary: greets'),
};
const tasks = (...ids: string[]) => Object.fromEntries(ids.map((id) => [taskFile(id), taskText(id)]));

function eventsOf(s: Scene, run: string): string {
  return readFileSync(join(s.home.root, '.git/rota/runs', run, 'events.jsonl'), 'utf8');
}

test('a session that is gone is replaced by one that is told everything, without using up a fix', async () => {
  const [s, fake] = await withClaude({ role: { fixes: 1 } });
  fake.script(
    { ...DONE, write: { broken: 'yes\n' } },
    { sample: 'session-lost' },
    { ...DONE, sh: 'git rm -q broken' },
  );
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(fake.turns()).toBe(3);
  expect([2, 3].map((turn) => fake.argv(turn).includes('--resume'))).toEqual([true, false]);
  // What is new only, then the whole again: role, task, failure.
  expect(fake.prompt(2)).not.toContain('Do it well.');
  expect(fake.prompt(2).length).toBeLessThan(fake.prompt(3).length);
  for (const part of ['Do it well.', 'Say hello, politely.', 'gate is red'])
    expect(fake.prompt(3)).toContain(part);
  const events = eventsOf(s, end.doc.run);
  expect(events).toContain('"detail":"mine, turn 2, same session"');
  expect(events).toContain(
    'a new session goes on with the work, because mine does not know its session any more',
  );
  expect(events).toContain('"detail":"mine, turn 3"');
  expectTidy(s, end);
});

test('a full context goes on in a new session once, as one of the fixes', async () => {
  const [s, fake] = await withClaude({ role: { fixes: 1 } });
  fake.script({ sample: 'context', write: { 'src/half.txt': 'half\n' } }, DONE);
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(fake.argv(2)).not.toContain('--resume');
  expect(fake.prompt(2)).toContain('until its context was full');
  expect(fake.prompt(2)).toContain('Do it well.');
  expect(s.onMain('src/half.txt')).toBe('half\n');
});

test('a context that is full again and again ends the run, its work kept', async () => {
  const [s, fake] = await withClaude({ role: { fixes: 5 } });
  fake.script({ sample: 'context', write: { 'src/half.txt': 'half\n' } });
  const end = await s.run();
  expect(end).toMatchObject({
    code: 1,
    doc: { outcome: 'partial', reason: expect.stringMatching(/full: Prompt is too long/) },
  });
  expect(fake.turns()).toBe(2);
  expect(s.home.git('show', `${end.doc.branch}:src/half.txt`)).toBe('half');
  expectTidy(s, end);
});

test('a client that is not logged in does not walk through the backlog', async () => {
  const [s, fake] = await withClaude({ tasks: tasks('A1', 'A2', 'A3') });
  fake.script({ sample: '401' });
  const { code, doc: shifted } = await s.rota(['shift']);
  expect(shifted).toMatchObject([
    { outcome: 'failed', task: 'A1', reason: expect.stringMatching(/not logged in/) },
  ]);
  expect(code).toBe(3);
  expect(fake.turns()).toBe(1);
  const why = /role developer paused itself: mine is not logged in: .* \(`rota resume developer`\)/;
  expect(await s.run()).toMatchObject({
    code: 0,
    doc: { outcome: 'idle', task: null, reason: expect.stringMatching(why) },
  });
  const { doc: next } = await s.rota(['next', 'developer']);
  expect(next.task).toBeNull();
  expect(next.explain.map(({ reason }: { reason: string }) => why.test(reason))).toEqual([true, true, true]);
  expect((await s.home.rota(['next', 'developer'])).stderr).toMatch(
    /Nothing for developer now: role developer paused/,
  );
  const { doc: status } = await s.rota(['status']);
  expect(status.selfPaused).toMatchObject([
    { role: 'developer', until: null, reason: expect.stringMatching(/not logged in/) },
  ]);
  expect((await s.home.rota(['status'])).stdout).toMatch(
    /Paused themselves on this machine\n {2}developer: mine is not logged in.*\(rota resume developer\)/,
  );

  // A person's word counts, and a landing lifts it.
  fake.script({ sample: '401' }, DONE);
  expect(await s.run('A2')).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A2' } });
  expect((await s.rota(['status'])).doc.selfPaused).toEqual([]);
  // A1 too, once its backoff of a minute is over.
  expect((await s.rota(['next', 'developer'])).doc.task).toMatch(/^A[13]$/);
});

test('three runs in a row that do not land pause the role, and resume lets it go on', async () => {
  const ids = ['A1', 'A2', 'A3', 'A4', 'A5'];
  const s = await scene({ tasks: tasks(...ids), config: (agent) => mineAlone(agent.command) });
  for (const id of ids)
    s.agent.script(id, [{ write: { broken: 'yes\n' } }], [{ write: { broken: 'yes\n' } }]);
  const { doc: shifted } = await s.rota(['shift']);
  expect(shifted.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['red', 'red', 'red']);
  expect(await s.rota(['shift'])).toMatchObject({ code: 0, doc: [] });
  expect(await s.rota(['resume', 'developer'])).toMatchObject({ doc: { selfPaused: ['developer'] } });
  const again = await s.run('A5');
  expect(again.doc.outcome).toBe('red');
  expect(again.stderr).not.toContain('pauses itself');
});

function mineAlone(command: readonly string[]): Record<string, string> {
  return { agents: `{mine: {command: ${JSON.stringify(command)}, prompt: stdin}}`, workers: '1' };
}
