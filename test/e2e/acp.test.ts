import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { expectIntact, expectTidy, processesOf, type Scene, scene } from '../support/scene.ts';
import { until } from '../support/until.ts';

const PROGRAM = resolve(import.meta.dirname, '../support/acp-agent.mjs');
const DONE = '---\noutcome: done\nsummary: greets\ncommit: {type: feat, subject: greet politely}\n---\n';
const WORK = { write: { path: '$W/src/greet.txt', content: 'HELLO\n' } };

/** A scene whose agent speaks the protocol and does what `turns` say (test/support/acp-agent.mjs). */
async function acpScene(turns: readonly (readonly object[])[], role: Record<string, string | number> = {}) {
  const s = await scene({ role });
  const script = join(s.box.folder, 'script.json');
  const agents = `agents: {mine: {acp: [node, ${PROGRAM}, ${script}], mode: code}}`;
  s.home.commit('chore: the agent', {
    'rota.yaml': s.home.read('rota.yaml').replace(/^agents: .*$/m, agents),
  });
  const modes = { currentModeId: 'ask', availableModes: [{ id: 'code', name: 'Code' }] };
  writeFileSync(script, JSON.stringify({ capabilities: { loadSession: true }, session: { modes }, turns }));
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages freely
  const heard = (): any[] => (existsSync(`${script}.heard`) ? jsonLines(`${script}.heard`) : []);
  return { s, heard };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages freely
function jsonLines(file: string): any[] {
  return (
    readFileSync(file, 'utf8')
      .split('\n')
      // Whoever writes may be half-way through a line.
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  );
}

/** What the run's agent was seen to do. */
function activities({ home }: Scene, run: string) {
  return jsonLines(join(home.root, `.git/rota/runs/${run}/events.jsonl`))
    .filter(({ type }) => type === 'activity')
    .map(({ activity }) => activity);
}

test('a task lands through an agent of the protocol, with everything that it did among the events', async () => {
  const { s, heard } = await acpScene([
    [
      WORK,
      { permission: { kind: 'execute', rawInput: { command: 'git commit' } } },
      { terminal: { command: 'git add -A && git commit -qm mine' } },
      { result: DONE },
      { say: 'It greets.' },
      { stop: { stopReason: 'end_turn', usage: { inputTokens: 90, outputTokens: 9, totalTokens: 99 } } },
    ],
  ]);
  const end = await s.run();
  expect(end).toMatchObject({
    code: 0,
    doc: { outcome: 'landed', usage: { input: 90, output: 9, usd: null } },
  });
  expectTidy(s, end);
  expectIntact(s, 'A1', 'done');
  expect(s.onMain('src/greet.txt')).toBe('HELLO\n');
  expect(s.shared.git('log', '-1', '--format=%s', 'main')).toBe('feat(A1): greet politely');
  expect(heard()[2]).toEqual({ mode: { sessionId: 'session-1', modeId: 'code' } });
  expect(activities(s, end.doc.run)).toMatchObject([
    { kind: 'edit', path: 'src/greet.txt' },
    { kind: 'permission', granted: true, detail: 'execute git commit' },
    { kind: 'tool', name: 'terminal', detail: 'git add -A && git commit -qm mine' },
    { kind: 'edit' },
    { kind: 'text', text: 'It greets.' },
  ]);
});

test('a red gate gives it another turn in the same session', async () => {
  const { s, heard } = await acpScene(
    [
      [WORK, { write: { path: '$W/broken', content: '' } }, { result: DONE }],
      [{ sh: 'rm broken' }, { result: DONE }],
    ],
    { fixes: 1 },
  );
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  expect(heard().filter((one) => 'new' in one)).toHaveLength(1);
  expect(heard().filter((one) => 'load' in one)).toMatchObject([{ load: { sessionId: 'session-1' } }]);
  const prompts = heard().flatMap((one) => ('prompt' in one ? [one.prompt.prompt[0].text] : []));
  expect(prompts).toHaveLength(2);
  expect(prompts[1]).toContain('test ! -e broken');
  expect(prompts[1].length).toBeLessThan(prompts[0].length);
});

test("the contract holds while it works: what it may not is not done, and stands in the run's reason", async () => {
  const { s } = await acpScene([
    [
      { write: { path: '$W/rota.yaml', content: 'gate: none\n' } },
      { write: { path: '$W/backlog/A2.md', content: 'x' } },
      { write: { path: '$W/.git/config', content: 'x' } },
      { write: { path: '$W/../../../../../escaped', content: 'x' } },
      { permission: { kind: 'edit', locations: [{ path: '$W/.github/workflows/x.yml' }] } },
      { terminal: { command: 'git push' } },
    ],
  ]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'blocked' } });
  expect(end.doc.reason).toContain('rota did not permit 6 things: write rota.yaml');
  expectTidy(s, end);
  expect(activities(s, end.doc.run).map(({ granted }) => granted)).toEqual(Array(6).fill(false));
  expect(s.home.git('status', '--porcelain')).toBe('');
});

test('the body of its own task is its to edit', async () => {
  const { s } = await acpScene([
    [
      { read: { path: '$W/backlog/A1-greet.md' } },
      { permission: { kind: 'edit', locations: [{ path: '$W/backlog/A1-greet.md' }] } },
      { sh: 'echo "Done as asked." >> backlog/A1-greet.md' },
      WORK,
      { result: DONE },
    ],
  ]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(activities(s, end.doc.run)[0]).toMatchObject({ kind: 'permission', granted: true });
  expect(expectIntact(s, 'A1', 'done')).toContain('Done as asked.\n');
});

test('stopped half-way: it is asked to cancel, nothing of it is alive, its work is kept', async () => {
  const { s, heard } = await acpScene([
    [WORK, { start: { command: 'sleep 1000' } }, { untilCancelled: null }],
  ]);
  const { ended, kill } = s.start(['run', 'developer']);
  await until(() => heard().some(({ asked }) => asked === 'terminal/create'), 'it did not begin');
  kill('SIGTERM');
  const end = await ended;
  expect(end).toMatchObject({ code: 143, doc: { outcome: 'interrupted' } });
  expect(heard().at(-1)).toMatchObject({ cancel: { sessionId: 'session-1' } });
  expect(processesOf(end.doc.run)).toEqual([]);
  expectTidy(s, end);
  expect(s.home.git('show', `${end.doc.branch}:src/greet.txt`)).toBe('HELLO');
});

test('a worker that is killed half-way: one sweep later nothing of the agent is alive', async () => {
  const { s, heard } = await acpScene([[WORK, { start: { command: 'setsid sleep 1000' } }, { hang: null }]]);
  const { ended, kill } = s.start(['run', 'developer']);
  await until(() => heard().some(({ asked }) => asked === 'terminal/create'), 'it did not begin');
  const { run } = s.record('A1').lock;
  kill('SIGKILL');
  await ended.catch(() => undefined);
  expect(await s.rota(['sweep'])).toMatchObject({ code: 0, doc: { freed: [{ task: 'A1' }] } });
  expect(processesOf(run)).toEqual([]);
});
