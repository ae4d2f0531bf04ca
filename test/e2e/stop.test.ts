import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { expectSound } from '../support/aftermath.ts';
import { expectTidy, processesOf, type Scene, scene, taskFile, taskText } from '../support/scene.ts';
import { until } from '../support/until.ts';

const WORK = { write: { 'src/a.txt': 'a\n' } };

async function working(s: Scene, task = 'A1') {
  s.agent.script(task, [WORK, { pause: task }]);
  const run = s.start(['run', 'developer', task]);
  await s.agent.reached(task);
  return run;
}

describe('rota stop', () => {
  test.each(['none', 'file'] as const)('ends a worker in order, main shared by %s', async (hub) => {
    const s = await scene({ hub });
    const run = await working(s);
    const stopped = await s.rota(['stop', 'A1']);
    expect(stopped).toMatchObject({
      code: 0,
      doc: { stopped: [{ task: 'A1', kind: 'stopped', outcome: 'interrupted' }] },
    });
    expect(s.record('A1')?.lock ?? null).toBe(null);
    const end = await run.ended;
    expect(end).toMatchObject({ code: 130, doc: { outcome: 'interrupted', task: 'A1' } });
    expect(processesOf(end.doc.run)).toEqual([]);
    expect(s.home.git('show', `${end.doc.branch}:src/a.txt`)).toBe('a');
    expectTidy(s, end);
    await expectSound(s);
    const again = await s.home.rota(['stop', 'A1']);
    expect(again).toMatchObject({ code: 0, stdout: 'Nobody works on A1.\n' });
  });

  test('ends one run of a shift, which goes on with the others', async () => {
    const s = await scene({
      tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') },
    });
    s.agent.script('A1', [WORK, { pause: 'A1' }]);
    s.agent.script('A2', [{ write: { 'src/b.txt': 'b\n' } }, { pause: 'A2' }]);
    const shift = s.start(['shift', '--once']);
    await Promise.race([s.agent.reached('A1'), s.agent.reached('A2')]);
    const first = s.record('A1') === null ? 'A2' : 'A1';
    const stopped = await s.rota(['stop', first]);
    expect(stopped.doc.stopped).toMatchObject([{ task: first, kind: 'stopped' }]);
    s.agent.goOn('A1');
    s.agent.goOn('A2');
    const { doc } = await shift.ended;
    expect(doc.map((one: { task: string; outcome: string }) => [one.task, one.outcome])).toContainEqual([
      first,
      'interrupted',
    ]);
  });

  test('--all ends every worker of this machine by its signal', async () => {
    const s = await scene({
      tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') },
    });
    const runs = [await working(s, 'A1'), await working(s, 'A2')];
    const { code, doc } = await s.rota(['stop', '--all']);
    expect(code).toBe(0);
    expect(doc.stopped.map(({ task, kind }: { task: string; kind: string }) => [task, kind]).sort()).toEqual([
      ['A1', 'stopped'],
      ['A2', 'stopped'],
    ]);
    for (const { ended } of runs)
      expect(await ended).toMatchObject({ code: 143, doc: { outcome: 'interrupted' } });
    expect(await s.home.rota(['stop', '--all'])).toMatchObject({
      code: 0,
      stdout: 'No worker runs on this machine.\n',
    });
    await expectSound(s);
  });

  test('sends no signal to a process that only has the number of the worker', async () => {
    const s = await scene();
    const run = await working(s);
    const id = s.record('A1').lock.run;
    run.kill('SIGKILL');
    await run.ended.catch(() => undefined);
    const dead = await s.home.rota(['stop', 'A1']);
    expect(dead.code).toBe(1);
    expect(dead.stdout).toMatch(
      /^A1: process \d+ is gone\. Run rota sweep: it keeps the work and frees the task\.\n$/,
    );
    // This test's own process: its number and start time are right, but its run says otherwise.
    for (const [started, words] of [
      ['1', /another one has its number now\. Run rota sweep/],
      [s.box.system().machine.started, /own notes of the run name another worker, so it was not told/],
    ] as const) {
      lockBy(s, { pid: process.pid, started });
      const said = await s.home.rota(['stop', 'A1']);
      expect(said.code).toBe(1);
      expect(said.stdout).toMatch(words);
      const all = await s.rota(['stop', '--all']);
      expect(all).toMatchObject({ code: 1 });
    }
    lockBy(s, { machine: 'another', host: 'far' });
    const far = await s.home.rota(['stop', 'A1']);
    expect(far.code).toBe(1);
    expect(far.stdout).toMatch(
      /^A1: its worker runs on far \(developer \(.+\)\)\. Stop it there, or .*rota unlock A1/,
    );
    expect((await s.rota(['stop', '--all'])).code).toBe(0);
    // The agent outlived its worker, and looks for this word in a folder that is removed after the test.
    s.agent.goOn('A1');
    await until(() => processesOf(id).length === 0, 'the agent did not end');
  });

  test('says what is wrong with the question', async () => {
    const s = await scene();
    for (const args of [['stop'], ['stop', 'A1', '--all']])
      expect(await s.rota(args)).toMatchObject({ code: 2, doc: { error: { code: 'usage' } } });
    expect(await s.rota(['stop', 'A9'])).toMatchObject({ code: 2, doc: { error: { code: 'task' } } });
    expect(await s.rota(['stop', 'A1'])).toMatchObject({ code: 0, doc: { stopped: [] } });
  });
});

/** Changes who holds the lock of A1. */
function lockBy({ home, record }: Scene, change: object): void {
  const now = record('A1');
  home.write('.git/record-of-test', stringify({ ...now, lock: { ...now.lock, ...change } }));
  const blob = home.git('hash-object', '-w', '.git/record-of-test');
  const tree = home.git('-c', `alias.t=!printf '100644 blob ${blob}\\trecord.yaml\\n' | git mktree`, 't');
  home.git('update-ref', 'refs/rota/tasks/A1', home.git('commit-tree', '-m', 'record', tree));
}
