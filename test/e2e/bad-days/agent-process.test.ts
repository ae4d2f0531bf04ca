import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectSound, isRunning, landSoon } from '../../support/aftermath.ts';
import { expectTidy, type RunEnd, type Scene, scene } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';
import { until } from '../../support/until.ts';

const WORK: readonly Step[] = [{ write: { 'src/a.txt': 'a\n' } }];

test('an agent that is not installed', async () => {
  const s = await scene({ config: { agents: '{mine: {command: [no-such-agent], prompt: stdin}}' } });
  const end = await s.run();
  expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed' } });
  expect(end.doc.reason).toContain('no-such-agent was not found on PATH');
  expectTidy(s, end);
  await expectSound(s);
  expect(s.record('A1')).toMatchObject({ lock: null, attempts: 0, 'not-before': expect.any(String) });
  expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
});

test('an agent that is no program', async () => {
  const s = await scene({
    config: { agents: '{mine: {command: [./tool], prompt: arg}}' },
    files: { tool: 'not a program\n' },
  });
  const end = await s.run();
  expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed' } });
  expect(end.doc.reason).toContain('chmod +x');
  expectTidy(s, end);
  await expectSound(s);
});

test('an agent that exits with 1: its work is kept on the branch, and the next one goes on there', async () => {
  const s = await scene();
  s.agent.script('A1', [{ write: { 'src/half.txt': 'half\n' } }, { exit: 1 }], [...WORK]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed', reason: 'the agent exited with 1' } });
  expectTidy(s, end);
  await expectSound(s);
  expect(s.home.git('show', `${end.doc.branch}:src/half.txt`)).toBe('half');
  expect(await s.run()).toMatchObject({ doc: { outcome: 'idle' } });
  s.edit('A1', (text) => `${text}\nTry again.\n`);
  const again = await s.run();
  expect(again).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.onMain('src/half.txt')).toBe('half\n');
  expect(s.onMain('src/a.txt')).toBe('a\n');
});

test('an agent that is killed by somebody', async () => {
  const s = await scene();
  s.agent.script('A1', [...WORK, { sh: 'kill -9 $PPID' }]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed' } });
  expect(end.doc.reason).toContain('SIGKILL');
  expectTidy(s, end);
  await expectSound(s);
});

test('an agent that writes nothing', async () => {
  const s = await scene();
  s.agent.script('A1', []);
  const end = await s.run();
  expect(end).toMatchObject({
    code: 1,
    doc: { outcome: 'blocked', reason: 'the agent changed nothing', worktree: null },
  });
  expectTidy(s, end);
  await expectSound(s);
  expect(s.worktrees()).toEqual([]);
});

test('an agent that hangs without a sign of life', async () => {
  const s = await scene({ role: { 'stall-limit': '1s' } });
  s.agent.script('A1', [...WORK, { pause: 'for ever' }], []);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'stalled' } });
  expectTidy(s, end);
  await expectSound(s);
  await landSoon(s);
  expect(s.agent.prompt('A1', 2)).toContain('stall limit');
});

test('an agent that talks and never ends, and does not listen to SIGTERM', async () => {
  const s = await scene({ role: { 'time-limit': '1s' } });
  s.agent.script('A1', [...WORK, { sh: "trap '' TERM; while :; do echo still here; sleep 0.05; done" }], []);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'timed-out' } });
  expectTidy(s, end);
  await expectSound(s);
  s.home.git('commit', '-q', '--allow-empty', '-m', 'person');
  await landSoon(s);
});

test('an agent that floods its output: 600 MB, capped on disk, memory flat', async () => {
  const s = await scene({ config: (agent) => ({ gate: `["${agent.pauseCommand('gate')}"]` }) });
  s.agent.script('A1', [
    ...WORK,
    { print: 'the beginning' },
    { sh: 'head -c 600000000 /dev/zero | tr "\\0" x; head -c 20000000 /dev/zero >&2' },
    { print: 'the end' },
  ]);
  const { pid, ended } = s.home.start(['run', 'developer', '--json']);
  await s.agent.reached('gate');
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  s.agent.goOn('gate');
  const { code, stdout } = await ended;
  expect(code).toBe(0);
  // Buffers that have been read wait for the garbage collector, longer on a busy machine: less than half of the flood is plenty.
  expect(peak / 1024, 'MiB at most').toBeLessThan(250);
  const end: RunEnd = { code, doc: JSON.parse(stdout), stderr: '' };
  expectTidy(s, end);
  const folder = runFolder(s, end.doc.run);
  const sizes = readdirSync(folder).filter((name) => name.startsWith('agent-'));
  expect(sizes).toEqual(['agent-1.log']);
  expect(statSync(join(folder, 'agent-1.log')).size).toBeLessThan(11 * 1024 * 1024);
  const log = readFileSync(join(folder, 'agent-1.log'), 'utf8');
  expect(log.startsWith('the beginning\n')).toBe(true);
  expect(log.endsWith('the end\n')).toBe(true);
  expect(log).toMatch(/\[… \d+ bytes left out …\]/);
  await expectSound(s);
});

test('an agent that forks daemons: none is left, whatever they did to get away', async () => {
  const s = await scene();
  const note = (name: string) => join(s.box.folder, name);
  const daemons: Record<string, string> = {
    background: `sh -c 'echo $$ > ${note('background')}; exec sleep 300' &`,
    session: `setsid sh -c 'echo $$ > ${note('session')}; exec sleep 300' </dev/null >/dev/null 2>&1 &`,
    'double fork': `(setsid sh -c '(echo $$ > ${note('double fork')}; exec sleep 300 <&- >&- 2>&-) & exit' &)`,
    deaf: `setsid sh -c 'trap "" TERM HUP INT; echo $$ > ${note('deaf')}; while :; do sleep 1; done' >/dev/null 2>&1 &`,
    nohup: `nohup sh -c 'echo $$ > ${note('nohup')}; exec sleep 300' >/dev/null 2>&1 &`,
  };
  const names = Object.keys(daemons);
  const quoted = Object.fromEntries(
    names.map((name) => [name, daemons[name]!.replaceAll(note(name), `"${note(name)}"`)]),
  );
  const all = names.map((name) => `test -s "${note(name)}"`).join(' && ');
  s.agent.script('A1', [
    ...WORK,
    { sh: `${Object.values(quoted).join('\n')}\nuntil ${all}; do sleep 0.02; done` },
  ]);
  const end = await s.run();
  for (const name of names) {
    const pid = readFileSync(note(name), 'utf8').trim();
    expect(isRunning(pid), `${name} (${pid})`).toBe(false);
  }
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  await expectSound(s);
});

test('a daemon that keeps the output open does not keep the run', async () => {
  const s = await scene();
  s.agent.script('A1', [...WORK, { sh: 'setsid sh -c "exec sleep 300" &' }]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(end.doc.seconds.agent).toBeLessThan(5);
  expectTidy(s, end);
});

test('an agent that kills its worker: one sweep ends what is left, keeps the work and frees the task', async () => {
  const s = await scene();
  const mark = join(s.box.folder, 'daemon');
  s.agent.script(
    'A1',
    [
      ...WORK,
      { sh: `setsid sh -c 'echo $$ > ${mark}; exec sleep 300' & until test -s ${mark}; do sleep 0.02; done` },
      { sh: 'kill -9 $(ps -o ppid= -p $PPID)' },
      { pause: 'orphan' },
    ],
    [{ write: { 'src/b.txt': 'b\n' } }],
  );
  const { ended } = s.home.start(['run', 'developer']);
  expect((await ended).code).toBe(null);
  const swept = await s.rota(['sweep']);
  expect(swept.doc.freed).toMatchObject([{ task: 'A1' }]);
  await until(() => !isRunning(readFileSync(mark, 'utf8')), 'the daemon is there');
  await expectSound(s);
  await landSoon(s);
  expect(s.onMain('src/a.txt')).toBe('a\n');
  expect(s.onMain('src/b.txt')).toBe('b\n');
});

function runFolder({ home }: Scene, run: string): string {
  return join(home.root, '.git/rota/runs', run);
}
