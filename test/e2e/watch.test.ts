import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FakeTurn, fakeClient } from '../support/fake-client.ts';
import { startLive } from '../support/live.ts';
import { type Scene, scene, taskFile, taskText } from '../support/scene.ts';
import { until } from '../support/until.ts';

const TURN: FakeTurn = { sample: 'done', write: { 'src/a.txt': 'a\n' }, hang: true, reached: 'there' };

/** A worker whose client has said everything and does not end. */
async function busyScene(wish: Parameters<typeof scene>[0] = {}) {
  const s = await scene({ config: { agents: '{mine: {preset: claude}}' }, ...wish });
  const fake = fakeClient(join(s.box.folder, 'desk'), 'claude');
  s.box.env['PATH'] = `${fake.bin}:${s.box.env['PATH']}`;
  fake.script(TURN);
  const run = s.start(['run', 'developer', 'A1']);
  await until(() => fake.reached('there'), 'the client was not reached');
  return { s, fake, run };
}

const rows = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

describe('rota watch', () => {
  test('tells what a running worker does, as lines and as JSON, until the run ends', async () => {
    const { s, run } = await busyScene();
    const plain = startLive(s.home, ['watch', 'A1']);
    const json = startLive(s.home, ['watch', '--json']);
    await plain.said('developer A1 tool Bash npm test');
    await plain.said('developer A1 edit edits src/greet.txt');
    await json.said('"kind":"text","text":"All done."');
    expect(plain.text()).not.toContain('\u001b');
    run.kill('SIGTERM');
    expect((await run.ended).doc.outcome).toBe('interrupted');
    expect(await Promise.all([plain.ended, json.ended])).toEqual([0, 0]);
    await plain.said('developer A1 interrupted');
    const told = rows(json.text());
    expect(told[0]).toMatchObject({
      type: 'watch',
      role: 'developer',
      task: 'A1',
      limits: { time: 50_000, stall: 50_000 },
    });
    expect(told.find(({ type }) => type === 'isolation')).toMatchObject({
      run: told[0].run,
      isolation: 'none',
    });
    expect(told.at(-2)).toMatchObject({ type: 'outcome', outcome: 'interrupted' });
    expect(told.at(-1)).toMatchObject({ type: 'ended', task: 'A1', usage: { input: 6086, output: 126 } });
  });

  test('on a terminal shows time left, spending and the newest doing at the bottom, no wider than it', async () => {
    const { s, run } = await busyScene();
    const live = startLive(s.home, ['watch'], { columns: 72 });
    await live.said(/developer A1: agent, turn 1, \d+ s · \d+ s left · stalls in \d+ s/);
    await live.said('6.1k tokens in (2k cached), 126 out, $0.02');
    run.kill('SIGTERM');
    await run.ended;
    expect(await live.ended).toBe(0);
    const sequence = /\u001b\[[0-9;]*[A-Za-z]/g;
    const written = live
      .text()
      .split(/\r?\n|\r/)
      .map((line) => line.replace(sequence, ''));
    for (const line of written) expect(line.length, line).toBeLessThanOrEqual(72);
    // NO_COLOR is set: it only moves and clears.
    expect([...new Set(live.text().match(sequence))].filter((one) => one.endsWith('m'))).toEqual([]);
    expect(live.text()).toMatch(/\u001b\[J[^\n]*developer A1 interrupted/);
  });

  test('shows what the gate writes, and goes on through it', async () => {
    const s = await scene({
      config: (agent) => ({
        gate: JSON.stringify([`echo checking 17 of 40; ${agent.pauseCommand('gate')}`]),
      }),
    });
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('gate');
    const live = startLive(s.home, ['watch', 'A1'], { columns: 80 });
    await live.said('checking 17 of 40 (18 B of output)');
    await live.said(/developer A1: gate, \d+ s/);
    s.agent.goOn('gate');
    expect((await ended).doc.outcome).toBe('landed');
    expect(await live.ended).toBe(0);
    expect(live.text()).toContain('developer A1 landed');
  });

  test('follows several, ends when the last one ends, and Ctrl-C ends only the watching', async () => {
    const s = await scene({
      tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') },
    });
    const pausing = (name: string) => [{ write: { [`src/${name}.txt`]: 'x\n' } }, { pause: name }];
    s.agent.script('A1', pausing('one'));
    s.agent.script('A2', pausing('two'));
    const one = s.start(['run', 'developer', 'A1']);
    await s.agent.reached('one');
    const all = startLive(s.home, ['watch', '--json']);
    const left = startLive(s.home, ['watch']);
    await all.said('"task":"A1"');
    await left.said('A1 agent');
    const two = s.start(['run', 'developer', 'A2']);
    await s.agent.reached('two');
    await all.said('"task":"A2"');
    left.child.kill('SIGINT');
    await left.ended;
    expect(left.child.signalCode).toBe('SIGINT');
    s.agent.goOn('one');
    expect((await one.ended).doc.outcome).toBe('landed');
    await all.said(/"type":"ended"[^\n]*"task":"A1"/);
    expect(all.child.exitCode).toBe(null);
    s.agent.goOn('two');
    expect((await two.ended).doc.outcome).toBe('landed');
    expect(await all.ended).toBe(0);
    expect(rows(all.text()).filter(({ type }) => type === 'outcome')).toHaveLength(2);
  });

  test('says so when a worker dies without a word, and when nobody works', async () => {
    const { s, run } = await busyScene();
    const plain = startLive(s.home, ['watch']);
    await plain.said('tool Bash');
    run.kill('SIGKILL');
    await run.ended.catch(() => undefined);
    expect(await plain.ended).toBe(0);
    expect(plain.text()).toContain(
      'developer A1: its worker is gone without a word; rota sweep frees the task.',
    );
    const dead = startLive(s.home, ['watch', 'A1']);
    expect(await dead.ended).toBe(0);
    expect(dead.text()).toMatch(
      /No worker of A1 runs on this machine\.\nA1: developer .* is gone; rota sweep frees the task\./,
    );
    expect((await s.rota(['sweep'])).code).toBe(0);
    const none = startLive(s.home, ['watch']);
    expect(await none.ended).toBe(0);
    expect(none.text()).toBe('No worker runs on this machine.\n');
    expect((await s.rota(['watch', '--json'])).doc).toEqual({ type: 'none', elsewhere: [] });
    expect((await s.rota(['watch', 'A9'])).doc.error.message).toContain('There is no task A9');
  });

  test('names the machine on which somebody else’s worker runs', async () => {
    const s = await scene({ hub: 'file' });
    const there = s.clone('there');
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }, { pause: 'on' }]);
    const run = s.start(['run', 'developer'], there);
    await s.agent.reached('on');
    await s.rota(['list', '--fetch']);
    const asked = startLive(s.home, ['watch', 'A1']);
    expect(await asked.ended).toBe(0);
    expect(asked.text()).toMatch(
      /No worker of A1 runs on this machine\.\nA1: developer \(\S+\) on \S+, for .*: /,
    );
    s.agent.goOn('on');
    expect((await run.ended).doc.outcome).toBe('landed');
  });
});

/** A folder of a run that says it is this test's process. */
function fakeRun(s: Scene, facts: object): string {
  const folder = join(s.home.root, '.git/rota/runs/01FAKE');
  mkdirSync(folder, { recursive: true });
  const { id, pidNamespace, boot, pid, started } = s.box.system().machine;
  const known = { machine: id, pidNamespace, boot, pid, started, since: new Date().toISOString() };
  const none = { worktree: null, adminDir: null, base: null, pgid: null, outcome: null, ended: null };
  const about = { run: '01FAKE', role: 'developer', task: 'A1', branch: 'ai/x', by: 'me' };
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...about, ...known, ...none, ...facts }));
  return folder;
}

test('what is in a run’s folder is data: odd lines, links, pipes and control characters do no harm', async () => {
  const s = await scene();
  const folder = fakeRun(s, {});
  const events = join(folder, 'events.jsonl');
  const line = (event: object) => `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`;
  writeFileSync(
    events,
    `not json\n{}\n${'x'.repeat(400_000)}\n${line({ type: 'activity', activity: { kind: 'tool', name: 1 } })}` +
      line({ type: 'activity', activity: { kind: 'text', text: 'a\u001b]0;title\u0007b\u001b[2J' } }),
  );
  symlinkSync('/etc/passwd', join(folder, 'gate-1-1.log'));
  const live = startLive(s.home, ['watch']);
  await live.said('developer A1 text ab');
  expect(live.text()).not.toMatch(/[\u0007\u001b]/);
  // Cut in the middle of a line, and begun again.
  const half = line({ type: 'notice', level: 'info', message: 'in two pieces' });
  appendFileSync(events, half.slice(0, 20));
  appendFileSync(events, half.slice(20));
  await live.said('in two pieces');
  writeFileSync(events, line({ type: 'notice', level: 'info', message: 'shorter now' }));
  await live.said('shorter now');
  rmSync(events);
  symlinkSync('/etc/passwd', events);
  fakeRun(s, { ended: new Date().toISOString(), outcome: 'partial' });
  expect(await live.ended).toBe(0);
  expect(live.text()).toContain('developer A1: over, partial.');
  expect(live.text()).not.toContain('root:');
});
