import { describe, expect, test } from 'vitest';
import { scene, taskFile, taskText } from '../../support/scene.ts';
import { resultText } from '../../support/scripted-agent.ts';
import { until } from '../../support/until.ts';
import { type StoryEvent, why } from './ask-why.ts';

describe('the story of a task', () => {
  test('red, then landed: each attempt with its gate and reason, the record between them, and the landing', async () => {
    const s = await scene();
    const done = { result: resultText('outcome: done\nsummary: It greets.') };
    s.agent.script(
      'A1',
      [{ write: { broken: 'x\n' } }, done],
      [{ delete: ['broken'] }, { write: { 'src/a.txt': 'a\n' } }, done],
    );
    const first = await s.run();
    expect(first.doc.outcome).toBe('red');
    const between = await why(s);
    expect(between.doc.now).toMatchObject({
      words: expect.stringMatching(/^ready: developer takes it \(.*attempt 2 of 2/),
      picked: [{ role: 'developer', eligible: true }],
      ...{ status: 'ready', lock: null, attempts: 1 },
      notes: [{ run: first.doc.run, outcome: 'red' }],
    });
    expect(between.find('record', 'locked')).toMatchObject([
      { run: first.doc.run, detail: expect.stringContaining('by developer') },
    ]);
    expect(between.find('record', 'released')).toMatchObject([{ run: first.doc.run }]);
    expect(between.find('record', 'attempt')).toMatchObject([
      { run: first.doc.run, detail: '1 counted so far' },
    ]);
    expect(between.find('run', 'red')).toMatchObject([{ run: first.doc.run }]);
    expect(between.find('run', 'gate').map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/^test ! -e broken: red after /),
    );

    const second = await s.run();
    expect(second.doc.outcome).toBe('landed');
    const { doc, find } = await why(s);
    expect(doc).toMatchObject({ id: 'A1', file: taskFile('A1'), omitted: 0, problems: [] });
    expect(doc.now).toMatchObject({
      words: `done: landed as ${second.doc.commit.slice(0, 10)}`,
      picked: [{ role: 'developer', eligible: false, reason: 'status is done, not ready' }],
    });
    expect(doc.runs).toMatchObject([
      { run: first.doc.run, outcome: 'red', state: 'ended', role: 'developer' },
      { run: second.doc.run, outcome: 'landed', state: 'ended', branch: second.doc.branch },
    ]);
    expect(doc.runs[0].files).toContain('events.jsonl');
    expect(find('main', 'landed')).toMatchObject([
      {
        run: second.doc.run,
        detail: expect.stringMatching(
          /gate: green; test ! -e broken passed.*; gated tree [0-9a-f]{10}; agent mine/,
        ),
      },
    ]);
    expect(find('log', 'red')).toHaveLength(1);
    expect(find('log', 'landed')).toHaveLength(1);
    expect(find('main', 'changed').some(({ detail }) => detail.includes('developer takes A1'))).toBe(true);

    const words = await s.home.rota(['why', 'A1']);
    expect(words.stdout).toMatch(/^A1 {2}Greet from A1\ndone: landed as [0-9a-f]{10}\n/);
    expect(words.stdout).toMatch(/^ {2}\d\d:\d\d:\d\d ✖ run {4}gate: test ! -e broken: red after /m);
    expect(words.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('held by a live worker, then dead, then freed: who, how that is known, and why the sweep freed it', async () => {
    const s = await scene();
    s.agent.script('A1', [{ pause: 'work' }]);
    const started = s.home.start(['run', 'developer', '--json']);
    await s.agent.reached('work');
    const live = await why(s);
    expect(live.doc.now.lock).toMatchObject({
      role: 'developer',
      pid: started.pid,
      alive: true,
      proof: `process ${started.pid} is alive`,
    });
    expect(live.doc.now.words).toMatch(/^developer \(.+\) works on it: process \d+ is alive$/);
    expect(live.doc.now.picked).toMatchObject([
      { eligible: false, reason: expect.stringContaining('locked by developer') },
    ]);
    expect(live.doc.runs).toMatchObject([{ state: 'running', ended: null }]);
    const { run } = live.doc.now.lock;

    started.kill('SIGKILL');
    await started.ended;
    const dead = await why(s);
    expect(dead.doc.now.lock).toMatchObject({ run, alive: false, proof: `process ${started.pid} is gone` });
    expect(dead.doc.now.words).toContain('rota sweep frees it');
    expect(dead.doc.runs).toMatchObject([{ run, state: 'died' }]);
    expect(dead.find('run', 'died')).toMatchObject([{ run }]);
    // The last thing that it said is where it was cut off.
    expect((await s.home.rota(['why', 'A1'])).stdout).toMatch(/run {4}agent: started/);

    await s.rota(['sweep']);
    const freed = await why(s);
    expect(freed.doc.now.lock).toBe(null);
    expect(freed.find('sweep', 'freed')).toMatchObject([
      {
        run,
        detail: expect.stringMatching(new RegExp(`died: process ${started.pid} is gone.*\\(sweep of `)),
      },
    ]);
    await until(() => s.agent.turns('A1') === 1, 'the agent ran once');
  });

  test('what waits, is held or blocked says why, and a person lock too', async () => {
    const tasks = Object.fromEntries(
      ['A1', 'A2', 'A3'].map((id) => [taskFile(id), taskText(id, id === 'A3' ? { lock: '{by: mike}' } : {})]),
    );
    const s = await scene({ tasks });
    s.agent.script('A1', [{ write: { 'rota.yaml': 'gate: none\n' } }]);
    s.agent.script('A2', [
      { write: { 'src/b.txt': 'b\n' } },
      { result: resultText('outcome: blocked\nsummary: Which language?') },
    ]);
    const stopped = (await s.run('A1')).doc;
    await s.run('A2');
    const one = await why(s, 'A1');
    expect(one.doc.now).toMatchObject({
      state: stopped.outcome === 'held' ? 'held' : 'blocked',
      reason: expect.stringContaining('rota.yaml'),
    });
    expect(one.doc.now.words).toMatch(/^not picked: /);
    expect(one.find('record', one.doc.now.state)).toMatchObject([
      { detail: expect.stringContaining('rota.yaml') },
    ]);
    const two = await why(s, 'A2');
    expect(JSON.stringify(two.doc.now)).toContain('Which language?');
    expect((await why(s, 'A3')).doc.now).toMatchObject({
      block: { run: null, by: 'mike' },
      words: 'not picked: locked by mike, in the file',
    });
    await s.rota(['pause']);
    expect((await why(s, 'A3')).doc.now.words).toContain('everything is paused');
  });
});

describe('what stands in the way of everything, and what other machines know', () => {
  test('main that is red: said for a task that would be picked', async () => {
    const s = await scene({ files: { broken: 'x\n' } });
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }]);
    expect((await s.run()).doc.outcome).toBe('main-red');
    const { doc, find } = await why(s);
    expect(doc.now.words).toMatch(/^not picked: main is red at [0-9a-f]{8}/);
    expect(doc.now).toMatchObject({
      rest: expect.stringContaining('main is red'),
      picked: [{ eligible: true }],
    });
    expect(find('run', 'main-red')).toHaveLength(1);
  });

  test('another clone tells what is shared, as it was last fetched, and asks with --fetch', async () => {
    const s = await scene({ hub: 'file' });
    const other = s.clone('other');
    expect(
      (await other.json(['why', 'A1'])).events.filter(({ source }: StoryEvent) => source !== 'main'),
    ).toEqual([]);
    s.agent.script(
      'A1',
      [{ write: { broken: 'x\n' } }],
      [{ delete: ['broken'] }, { write: { 'src/a.txt': 'a\n' } }],
    );
    const { run } = (await s.run()).doc;
    expect((await other.json(['why', 'A1'])).now.attempts).toBe(0);
    const red = await other.json(['why', 'A1', '--fetch']);
    expect(red).toMatchObject({ now: { attempts: 1, notes: [{ run, outcome: 'red' }] }, runs: [] });
    expect(red.events).toContainEqual(expect.objectContaining({ source: 'record', event: 'locked', run }));
    const landed = (await s.run()).doc;
    expect(landed.outcome).toBe('landed');
    const done = await other.json(['why', 'A1', '--fetch']);
    expect(done.now.words).toBe(`done: landed as ${landed.commit.slice(0, 10)}`);
    expect(done.events).toContainEqual(
      expect.objectContaining({ source: 'main', event: 'landed', run: landed.run }),
    );
  });
});
