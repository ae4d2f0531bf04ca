import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectSound, isRunning, landings, landSoon } from '../../support/aftermath.ts';
import { type Hub, processesOf, type Scene, scene, taskFile, taskText } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';
import { until } from '../../support/until.ts';

const PHASES = ['claim', 'worktree', 'setup', 'agent', 'gate', 'land'] as const;
type Phase = (typeof PHASES)[number];

/** Moments spread over a run, the same in every test run: a phase and how many milliseconds into it. */
const MOMENTS: readonly (readonly [Phase, number])[] = PHASES.flatMap((phase, index) => {
  const span = { claim: 250, worktree: 100, setup: 120, agent: 200, gate: 120, land: 80 }[phase];
  return [0, 1].map((n) => [phase, Math.floor(fraction(index * 2 + n) * span)] as const);
});

/** Milliseconds between the sign of a phase and its beginning. */
const LEAD: Record<Phase, number> = { claim: 120, worktree: 0, setup: 0, agent: 0, gate: 0, land: 110 };

/** Setup, agent and gate all leave daemons behind when they are cut off. */
async function open(hub: Hub = 'none'): Promise<Scene & { daemons(): number[] }> {
  const s = await scene({
    hub,
    config: (agent) => {
      const daemon = (name: string) =>
        `setsid sh -c 'echo $$ >> ${deskOf(agent.pauseCommand('x'))}/${name}; exec sleep 300' >/dev/null 2>&1 &`;
      return {
        setup: JSON.stringify([`${daemon('setup.pid')} sleep 0.1`]),
        gate: JSON.stringify([`${daemon('gate.pid')} sleep 0.1; test ! -e broken`]),
      };
    },
  });
  const desk = join(s.box.folder, 'desk');
  const note = join(desk, 'agent.pid');
  const turn: Step[] = [
    { write: { 'src/one.txt': 'one\n' } },
    { sh: `setsid sh -c 'echo $$ >> ${note}; exec sleep 300' >/dev/null 2>&1 & sleep 0.1` },
    { write: { 'src/two.txt': 'two\n' } },
  ];
  s.agent.script('A1', turn, turn, turn, turn);
  const daemons = () =>
    readdirSync(desk)
      .filter((name) => name.endsWith('.pid'))
      .flatMap((name) => readFileSync(join(desk, name), 'utf8').trim().split('\n').map(Number))
      .filter((pid) => pid > 0 && isRunning(pid));
  return { ...s, daemons };
}

/** The desk's path, from a command that names it. */
function deskOf(command: string): string {
  return /touch (\S+)\/reached-/.exec(command)![1]!;
}

function start({ home }: Scene) {
  const started = home.start(['run', 'developer', '--json']);
  return { ...started, runs: () => runFolders(home.root) };
}

function runFolders(root: string): string[] {
  const folder = join(root, '.git/rota/runs');
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Resolves in the middle of a phase, or when the run ended before. */
async function inPhase(s: Scene, phase: Phase, into: number, over: () => boolean): Promise<void> {
  const { root, sandbox } = s.home;
  const begun = () => {
    if (phase === 'claim') return true;
    if (phase === 'land') return existsSync(join(sandbox.folder, 'desk/gate.pid'));
    return runFolders(root).some((run) => {
      const events = join(root, '.git/rota/runs', run, 'events.jsonl');
      const wanted = `"step":"${phase}","state":"started"`;
      return existsSync(events) && readFileSync(events, 'utf8').includes(wanted);
    });
  };
  await until(() => begun() || over(), `${phase} did not begin`);
  // The moment itself: nothing is waited for, it is where the signal strikes.
  await new Promise((done) => setTimeout(done, LEAD[phase] + into));
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  const moments = MOMENTS.filter((_, index) => index % 2 === (signal === 'SIGINT' ? 0 : 1));
  test.each(moments)(
    'during %s, %i ms into it: good order within 5 s, and the next run lands',
    async (phase, into) => {
      const s = await open();
      const started = start(s);
      let over = false;
      const ended = started.ended.finally(() => (over = true));
      await inPhase(s, phase, into, () => over);
      const from = performance.now();
      started.kill(signal);
      const { code, stdout } = await ended;
      expect(performance.now() - from).toBeLessThan(5_000);
      if (landings(s).length === 0) {
        // Before rota listens it dies of the signal, as any program.
        expect([signal === 'SIGINT' ? 130 : 143, null]).toContain(code);
        if (code !== null)
          expect(JSON.parse(stdout)).toMatchObject({ outcome: expect.stringMatching(/interrupted|idle/) });
      } else expect(code).toBe(0);
      expect(s.daemons()).toEqual([]);
      for (const run of started.runs()) expect(processesOf(run)).toEqual([]);
      expect(s.record('A1')?.lock ?? null).toBe(null);
      await landSoon(s, 'A1');
      expect(s.onMain('src/one.txt')).toBe('one\n');
      expect(s.onMain('src/two.txt')).toBe('two\n');
      expect(s.home.git('status', '--porcelain')).toBe('');
      expect(s.daemons()).toEqual([]);
    },
  );
});

describe('SIGKILL, main shared by a remote', () => {
  const moments = MOMENTS.filter(
    ([phase], index) => index % 2 === 0 && phase !== 'setup' && phase !== 'worktree',
  );
  test.each(moments)('during %s, %i ms into it: freed by a sweep, landed once', async (phase, into) => {
    const s = await open('file');
    const started = start(s);
    let over = false;
    const ended = started.ended.finally(() => (over = true));
    await inPhase(s, phase, into, () => over);
    started.kill('SIGKILL');
    await ended;
    expect((await s.rota(['sweep'])).code).toBe(0);
    expect(s.record('A1')?.lock ?? null).toBe(null);
    expect(s.daemons()).toEqual([]);
    await landSoon(s, 'A1', 1);
    expect(s.onMain('src/two.txt')).toBe('two\n');
    expect(s.branches(s.shared)).toEqual([]);
  });
});

test('Ctrl-C of a shift with two workers: both stop in good order, and the next shift lands both tasks', async () => {
  const s = await scene({
    tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') },
    config: { workers: '2' },
  });
  for (const id of ['A1', 'A2']) s.agent.script(id, [{ write: { [`src/${id}.txt`]: 'x\n' } }, { pause: id }]);
  const started = s.home.start(['shift', '--json']);
  await Promise.all([s.agent.reached('A1'), s.agent.reached('A2')]);
  started.kill('SIGINT');
  const { code, stdout } = await started.ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject([{ outcome: 'interrupted' }, { outcome: 'interrupted' }]);
  for (const run of runFolders(s.home.root)) expect(processesOf(run)).toEqual([]);
  for (const id of ['A1', 'A2']) {
    expect(s.record(id)?.lock ?? null).toBe(null);
    s.agent.script(id, [], [{ write: { [`src/${id}.more.txt`]: 'x\n' } }]);
  }
  expect((await s.rota(['shift'])).code).toBe(0);
  for (const id of ['A1', 'A2']) {
    expect(landings(s, id).length).toBe(1);
    expect(s.onMain(`src/${id}.txt`)).toBe('x\n');
  }
});

describe('SIGKILL', () => {
  test.each(MOMENTS)(
    'during %s, %i ms into it: two sweeps at most, and it lands exactly once',
    async (phase, into) => {
      const s = await open();
      const started = start(s);
      let over = false;
      const ended = started.ended.finally(() => (over = true));
      await inPhase(s, phase, into, () => over);
      started.kill('SIGKILL');
      await ended;
      for (let n = 0; n < 2; n++) expect((await s.rota(['sweep'])).code).toBe(0);
      expect(s.record('A1')?.lock ?? null).toBe(null);
      expect(s.daemons()).toEqual([]);
      await expectSound(s);
      await landSoon(s, 'A1', 1);
      expect(s.onMain('src/two.txt')).toBe('two\n');
      expect(s.onMain('backlog/A1-greet.md')).not.toContain('lock:');
      expect(s.home.git('status', '--porcelain')).toBe('');
    },
  );
});

test('the second Ctrl-C ends it at once, and a sweep cleans up', async () => {
  const s = await scene();
  s.agent.script(
    'A1',
    [
      { write: { 'src/one.txt': 'one\n' } },
      { sh: `trap '' TERM INT; touch ${s.box.folder}/deaf; while :; do sleep 0.1; done` },
    ],
    [],
  );
  const started = start(s);
  await until(() => existsSync(join(s.box.folder, 'deaf')), 'the agent did not start');
  started.kill('SIGINT');
  const from = performance.now();
  const again = setInterval(() => started.kill('SIGINT'), 50);
  const { code } = await started.ended;
  clearInterval(again);
  expect(code).toBe(130);
  expect(performance.now() - from).toBeLessThan(1_500);
  const swept = await s.rota(['sweep']);
  expect(swept.doc.freed).toMatchObject([{ task: 'A1' }]);
  for (const run of started.runs()) expect(processesOf(run)).toEqual([]);
  await landSoon(s);
  expect(s.onMain('src/one.txt')).toBe('one\n');
});

/** A number from 0 to below 1 that looks random and is always the same (mulberry32). */
function fraction(n: number): number {
  let a = (0x9e3779b9 * (n + 1)) | 0;
  a = Math.imul(a ^ (a >>> 15), a | 1);
  a ^= a + Math.imul(a ^ (a >>> 7), a | 61);
  return ((a ^ (a >>> 14)) >>> 0) / 2 ** 32;
}
