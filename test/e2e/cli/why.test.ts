import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { type Scene, scene, taskFile, taskText } from '../../support/scene.ts';
import { resultText } from '../../support/scripted-agent.ts';
import { until } from '../../support/until.ts';
import { backlogRepo } from './backlog-repo.ts';

interface Event {
  readonly time: string;
  readonly source: string;
  readonly run: string | null;
  readonly event: string;
  readonly detail: string;
}

async function why(s: Scene, id = 'A1') {
  const { code, doc } = await s.rota(['why', id]);
  expect(code).toBe(0);
  const events: Event[] = doc.events;
  expect(events.map(({ time }) => Date.parse(time))).toEqual(
    events.map(({ time }) => Date.parse(time)).sort((a, b) => a - b),
  );
  return {
    doc,
    events,
    find: (source: string, event: string) =>
      events.filter((one) => one.source === source && one.event === event),
  };
}

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
    expect((await other.json(['why', 'A1'])).events.filter(({ source }: Event) => source !== 'main')).toEqual(
      [],
    );
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

describe('what cannot be trusted', () => {
  test('damaged, missing and flooded run folders hide nothing else and cannot steer the terminal', async () => {
    const s = await scene();
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }]);
    const end = await s.run();
    const runs = join(s.home.root, '.git/rota/runs');
    const folder = join(runs, end.doc.run);
    const before = (await why(s)).events.filter(({ run }) => run === end.doc.run).length;
    const evil = JSON.stringify({
      ...{ at: '2026-11-21T05:00:00.000Z', role: 'developer', task: 'A1', run: end.doc.run },
      ...{ type: 'notice', level: 'warning', message: '\u001b]0;owned\u0007\u001b[2J\u202Egnp' },
    });
    appendFileSync(join(folder, 'events.jsonl'), `torn {\n${evil}\n{"at":1}\n`);
    // Without run.json its events say whose it was.
    mkdirSync(join(runs, 'LOST'));
    writeFileSync(join(runs, 'LOST/events.jsonl'), evil.replaceAll(end.doc.run, 'LOST'));
    mkdirSync(join(runs, 'ODD/events.jsonl'), { recursive: true });
    writeFileSync(join(runs, 'ODD/run.json'), '[]');
    mkdirSync(join(runs, 'FLOOD'));
    const facts = JSON.parse(s.home.read(`.git/rota/runs/${end.doc.run}/run.json`));
    writeFileSync(join(runs, 'FLOOD/run.json'), JSON.stringify({ ...facts, run: 'FLOOD' }));
    writeFileSync(join(runs, 'FLOOD/events.jsonl'), `${evil}\n`.repeat(60_000));
    const { doc, events } = await why(s);
    expect(events.filter(({ run }) => run === end.doc.run).length).toBe(before + 1);
    expect(doc.problems).toEqual([
      expect.stringMatching(/^run 01.*: 2 of \d+ lines of its events.jsonl cannot be read$/),
      "run FLOOD: its events.jsonl is too large to be rota's",
      'run LOST: its run.json is missing or damaged',
    ]);
    const { stdout, code } = await s.home.rota(['why', 'A1']);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(stdout).toContain('What could not be read');

    // The folders may be pruned, and the task file may go: main still knows.
    rmSync(runs, { recursive: true });
    expect((await why(s)).find('main', 'landed')).toHaveLength(1);
    s.home.git('rm', '-q', taskFile('A1'));
    s.home.git('commit', '-qm', 'chore: tidy');
    expect((await why(s)).doc).toMatchObject({
      file: null,
      now: { words: 'main has no such task any more' },
    });
  });

  test('a message that quotes trailers, and a signature program, are nobody', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-x.md': 'title: X\nstatus: ready\n' });
    const gated = repo.git('rev-parse', 'HEAD^{tree}');
    repo.commit(`docs: how it looks\n\nTask: A1\nGated: ${gated}\n\nas in this example`, { 'x.md': 'x\n' });
    repo.write('sign.sh', '#!/bin/sh\ntouch "$HOME/owned"\n');
    repo.git('config', 'gpg.program', join(repo.root, 'sign.sh'));
    repo.git('config', 'log.showSignature', 'true');
    const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----';
    const signed = repo.git('cat-file', 'commit', 'main').replace(/^committer .*$/m, `$&\n${signature}`);
    writeFileSync(join(repo.sandbox.folder, 'home/signed'), `${signed}\n`);
    const object = join(repo.sandbox.folder, 'home/signed');
    repo.git('update-ref', 'refs/heads/main', repo.git('hash-object', '-t', 'commit', '-w', object));
    const home = join(repo.sandbox.folder, 'home');
    repo.git('log', '-1');
    expect(readdirSync(home), 'what a plain git log runs here').toContain('owned');
    rmSync(join(home, 'owned'));
    const doc = await repo.json(['why', 'A01']);
    expect(doc.events.filter(({ event }: Event) => event === 'landed')).toEqual([]);
    expect(doc.events).toMatchObject([
      { source: 'main', event: 'changed', detail: expect.stringContaining('set up') },
    ]);
    expect(readdirSync(home)).not.toContain('owned');
  });
});

describe('ids that are nowhere', () => {
  test('exit 2 with the nearest id, or with what hands the file over', async () => {
    const repo = await backlogRepo(sandbox(), {
      'A1-x.md': 'title: X\nstatus: ready\n',
      'A32-y.md': 'title: Y\nstatus: ready\n',
      'B5-bad.md': 'title: Bad\nstatus: redy\n',
    });
    repo.git('config', 'user.name', 'Pat');
    for (const args of [
      ['why', 'A33'],
      ['show', 'A33'],
      ['log', 'A33'],
      ['run', 'developer', 'A33'],
    ]) {
      const ran = await repo.rota(args);
      expect(ran.code, args.join(' ')).toBe(2);
      expect(ran.stderr).toContain('There is no task A33 on main.');
      expect(ran.stderr).toContain('Did you mean A32?');
      expect((await repo.json(args)).error).toMatchObject({ code: 'task' });
    }
    repo.write('backlog/A40-new.md', '---\ntitle: New\nstatus: ready\n---\n');
    const hint = (await repo.json(['why', 'A40'])).error;
    expect(hint).toMatchObject({ message: expect.stringContaining('backlog/A40-new.md is not on main yet') });
    const run = await repo.rota(['run', 'developer', 'A40']);
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining(hint.hint) });
    expect((await repo.json(['why', 'B5'])).now.words).toMatch(/^not picked: .*B5-bad\.md/);
    expect((await repo.rota(['why', '../x'])).code).toBe(2);
    expect(repo.git('for-each-ref', 'refs/rota')).toBe('');
  });
});
