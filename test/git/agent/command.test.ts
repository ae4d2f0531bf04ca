import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { commandAgent } from '../../../src/agent/command.ts';
import { killTree } from '../../../src/agent/kill-tree.ts';
import { turnIn, until } from './fixture.ts';

const NODE = process.execPath;

test('the environment is exactly what is allowed, and nothing of git', async () => {
  const { system, turn, worktree, runs, box } = turnIn();
  const end = await commandAgent(system, 'a', { command: ['env', '-0'], prompt: 'stdin' }).turn(turn);
  expect(end).toMatchObject({ kind: 'exited', code: 0, signal: null, survivors: [] });
  const seen = Object.fromEntries(
    readFileSync(turn.outputFile, 'utf8')
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  expect(seen).toEqual({
    PATH: box.env['PATH'],
    HOME: box.env['HOME'],
    USER: 'pat',
    LANG: 'C.UTF-8',
    TMPDIR: box.env['TMPDIR'],
    ANTHROPIC_API_KEY: 'k',
    ROTA_RUN: turn.run,
    ROTA_TASK: 'A1',
    ROTA_ROLE: 'developer',
    ROTA_WORKTREE: worktree,
    ROTA_BRANCH: 'ai/developer/A1',
    ROTA_RESULT: join(runs, 'result.md'),
    ROTA_PROMPT: join(runs, 'prompt.md'),
    ROTA_HOME: box.folder,
  });
});

test('a prompt on stdin arrives whole, and stdin is closed after it', async () => {
  const prompt = `${'päivää '.repeat(50_000)}end`;
  const { system, turn, worktree } = turnIn({ prompt });
  const end = await commandAgent(system, 'a', { command: ['sh', '-c', 'cat > got'], prompt: 'stdin' }).turn(
    turn,
  );
  expect(end.kind).toBe('exited');
  expect(readFileSync(join(worktree, 'got'), 'utf8')).toBe(prompt);
});

test.each(['arg', 'file'] as const)('a prompt by %s: stdin is closed at once', async (kind) => {
  const { system, turn } = turnIn({ prompt: 'a "b" $(c)\nd\0e' });
  const command = ['sh', '-c', 'cat; printf %s "$1"', 'sh'];
  const end = await commandAgent(system, 'a', { command, prompt: kind }).turn(turn);
  expect(end.kind).toBe('exited');
  expect(readFileSync(turn.outputFile, 'utf8')).toBe(kind === 'arg' ? 'a "b" $(c)\nde' : turn.promptFile);
});

test('an agent that never reads its prompt is no error', async () => {
  const { system, turn } = turnIn({ prompt: 'x'.repeat(5_000_000) });
  const end = await commandAgent(system, 'a', { command: ['sh', '-c', 'exit 3'], prompt: 'stdin' }).turn(
    turn,
  );
  expect(end).toMatchObject({ kind: 'exited', code: 3 });
});

test('relative paths in the command are those of the worktree', async () => {
  const { system, turn, worktree } = turnIn();
  writeFileSync(join(worktree, 'agent.mjs'), 'console.log(process.cwd())');
  await commandAgent(system, 'a', { command: [NODE, 'agent.mjs'], prompt: 'stdin' }).turn(turn);
  expect(readFileSync(turn.outputFile, 'utf8').trim()).toBe(worktree);
});

test('200 MB of output: the log is capped, with its beginning and its end, and memory stays flat', async () => {
  const { system, turn } = turnIn();
  const script = 'echo FIRST; head -c 200000000 /dev/zero | tr "\\0" x; echo; echo LAST';
  // What is held counts, not what the collector has not got round to on a busy machine.
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const held = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const before = held();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, held());
  }, 20);
  const end = await commandAgent(system, 'a', { command: ['sh', '-c', script], prompt: 'stdin' }).turn(turn);
  clearInterval(watch);
  expect(end).toMatchObject({ kind: 'exited', code: 0 });
  const log = readFileSync(turn.outputFile, 'latin1');
  expect(log.startsWith('FIRST\n')).toBe(true);
  expect(log.endsWith('\nLAST\n')).toBe(true);
  const missing = Number(/\[… (\d+) bytes left out …\]/.exec(readFileSync(turn.outputFile, 'utf8'))?.[1]);
  const mark = Buffer.byteLength(`\n[… ${missing} bytes left out …]\n`);
  expect(statSync(turn.outputFile).size - mark + missing).toBe(200_000_000 + 'FIRST\n\nLAST\n'.length);
  expect(statSync(turn.outputFile).size).toBeLessThanOrEqual(10 * 1024 * 1024 + mark);
  expect(existsSync(`${turn.outputFile}.0`) || existsSync(`${turn.outputFile}.1`)).toBe(false);
  expect(end.tail.endsWith('\nLAST\n')).toBe(true);
  expect(end.tail.length).toBeLessThanOrEqual(64 * 1024);
  expect(most - before).toBeLessThan(80 * 1024 * 1024);
});

test('a daemon in a session of its own (setsid, two forks, stdout kept) is dead after the turn', async () => {
  const { system, turn, worktree } = turnIn();
  const script =
    '(setsid sh -c \'trap "" TERM; (trap "" TERM; echo $$ > pid; sleep 1000 & wait) & wait\' &) ; until [ -s pid ]; do :; done';
  const end = await commandAgent(system, 'a', { command: ['bash', '-c', script], prompt: 'stdin' }).turn(
    turn,
  );
  expect(end).toMatchObject({ kind: 'exited', code: 0, survivors: [] });
  const pid = Number(readFileSync(join(worktree, 'pid'), 'utf8'));
  expect((await system.processTable.facts(pid)).kind).toBe('gone');
  expect(await system.processTable.ofRun(turn.run)).toEqual([]);
});

test('a child that clears its environment is ended with the process group', async () => {
  const { system, turn, worktree } = turnIn();
  const script =
    'env -i bash -c \'trap "" TERM; echo $$ > pid; while :; do sleep 1000; done\' & until [ -s pid ]; do :; done';
  await commandAgent(system, 'a', { command: ['bash', '-c', script], prompt: 'stdin' }).turn(turn);
  const pid = Number(readFileSync(join(worktree, 'pid'), 'utf8'));
  expect((await system.processTable.facts(pid)).kind).toBe('gone');
});

test('nested runs: ending the inner one leaves the outer one alone, ending the outer one ends both', async () => {
  const { system, turn, box } = turnIn();
  const start = (run: string) =>
    system.processes.start({
      argv: ['sleep', '1000'],
      cwd: box.folder,
      env: { ...box.env, ROTA_RUN: run },
      onOutput: () => undefined,
    });
  // Runs are looked for on the whole machine, where other tests are at work.
  const run = system.random.id();
  const outer = start(run);
  const inner = start(`${run}:${turn.run}`);
  expect(await system.processTable.ofRun(run)).toHaveLength(2);
  await commandAgent(system, 'a', { command: ['true'], prompt: 'stdin' }).turn(turn);
  await inner.ended;
  expect(await system.processTable.ofRun(run)).toEqual([outer.pid]);
  const both = start(`${run}:${turn.run}`);
  expect(await killTree(system, { group: null, run })).toEqual([]);
  await Promise.all([outer.ended, both.ended]);
});

test('the time limit ends an agent that ignores SIGTERM, and what it wrote before is in the log', async () => {
  const { system, turn } = turnIn({ timeLimit: 300 });
  const command = ['bash', '-c', 'trap "" TERM; echo started; while :; do sleep 1000; done'];
  const end = await commandAgent(system, 'a', { command, prompt: 'stdin' }).turn(turn);
  expect(end).toMatchObject({ kind: 'timed-out', survivors: [] });
  expect(readFileSync(turn.outputFile, 'utf8')).toContain('started');
});

test('an agent that handles SIGTERM gets the time to do it', async () => {
  const { system, turn, worktree } = turnIn({ timeLimit: 300 });
  const command = [
    'bash',
    '-c',
    'trap "sleep 0.3; echo saved > saved; exit" TERM; while :; do sleep 0.02; done',
  ];
  await commandAgent(system, 'a', { command, prompt: 'stdin' }).turn(turn);
  expect(readFileSync(join(worktree, 'saved'), 'utf8')).toBe('saved\n');
});

test('stalled: neither output nor a file for the limit', async () => {
  const { system, turn } = turnIn({ stallLimit: 250 });
  const end = await commandAgent(system, 'a', { command: ['sleep', '1000'], prompt: 'stdin' }).turn(turn);
  expect(end.kind).toBe('stalled');
});

test('not stalled: files change in the worktree, or output comes', async () => {
  const ends = ['mkdir -p deep; date +%N > deep/file', 'echo x'].map(async (step) => {
    // The limit is six steps long: a busy machine is late by less than five of them.
    const { system, turn } = turnIn({ stallLimit: 1_500 });
    const command = ['bash', '-c', `for i in 1 2 3 4 5 6 7 8; do ${step}; sleep 0.25; done`];
    return commandAgent(system, 'a', { command, prompt: 'stdin' }).turn(turn);
  });
  for (const end of await Promise.all(ends)) expect(end).toMatchObject({ kind: 'exited', code: 0 });
});

test('changes below .git and node_modules, or times in the future, are no sign of life', async () => {
  const { system, turn } = turnIn({ stallLimit: 300 });
  const script =
    'mkdir -p node_modules; touch -d 2099-01-01 future; while :; do date > node_modules/x; sleep 0.02; done';
  const end = await commandAgent(system, 'a', { command: ['bash', '-c', script], prompt: 'stdin' }).turn(
    turn,
  );
  expect(end.kind).toBe('stalled');
});

test('interrupted while it runs, and before it started', async () => {
  const stop = new AbortController();
  const { system, turn, worktree } = turnIn({ stop: stop.signal });
  const agent = commandAgent(system, 'a', {
    command: ['bash', '-c', 'touch here; sleep 1000'],
    prompt: 'stdin',
  });
  const ending = agent.turn(turn);
  await until('the agent runs', () => existsSync(join(worktree, 'here')));
  stop.abort();
  expect(await ending).toMatchObject({ kind: 'interrupted', survivors: [] });
  expect(await system.processTable.ofRun(turn.run)).toEqual([]);
  let started = false;
  const end = await agent.turn({
    ...turn,
    onStarted: () => {
      started = true;
    },
  });
  expect([end.kind, started]).toEqual(['interrupted', false]);
});

test('when the record of its start fails, the agent is ended and the failure is told', async () => {
  const failing = turnIn({ onStarted: () => Promise.reject(new Error('no disk')) });
  const agent = commandAgent(failing.system, 'a', { command: ['sleep', '1000'], prompt: 'stdin' });
  await expect(agent.turn(failing.turn)).rejects.toThrow('no disk');
  expect(await failing.system.processTable.ofRun(failing.turn.run)).toEqual([]);
});

test('onStarted gets the process group', async () => {
  const pids: number[] = [];
  const { system, turn } = turnIn({ onStarted: (pid) => void pids.push(pid) });
  await commandAgent(system, 'a', { command: ['sh', '-c', 'echo $$'], prompt: 'stdin' }).turn(turn);
  expect(readFileSync(turn.outputFile, 'utf8').trim()).toBe(String(pids[0]));
});

test('an agent that is not there: why, in words', async () => {
  const { system, turn, worktree } = turnIn();
  const reason = async (command: string[], prompt: 'stdin' | 'arg' = 'stdin', changes = {}) => {
    const end = await commandAgent(system, 'a', { command, prompt }).turn({ ...turn, ...changes });
    return end.kind === 'missing' ? end.reason : end.kind;
  };
  writeFileSync(join(worktree, 'plain'), 'echo hi');
  chmodSync(join(worktree, 'plain'), 0o644);
  writeFileSync(join(worktree, 'lost'), '#!/no/such/interpreter\n');
  chmodSync(join(worktree, 'lost'), 0o755);
  expect(await reason(['no-such-agent-anywhere'])).toContain('no-such-agent-anywhere was not found on PATH');
  expect(await reason(['./lost'])).toContain('named in its first line');
  expect(await reason(['./plain'])).toContain('not executable');
  expect(await reason(['true'], 'arg', { prompt: 'x'.repeat(200_000) })).toContain('too long');
  expect(await reason(['true'], 'stdin', { worktree: join(worktree, 'gone') })).toContain('is not there');
});

test('the log that cannot be written is a failure, not silence', async () => {
  const { system, turn } = turnIn();
  const broken = { ...system.files, append: () => Promise.reject(new Error('disk full')) };
  const agent = commandAgent({ ...system, files: broken }, 'a', { command: ['echo', 'x'], prompt: 'stdin' });
  await expect(agent.turn(turn)).rejects.toThrow('disk full');
});

test('the description is one line without control characters', () => {
  const { system } = turnIn();
  const agent = commandAgent(system, 'mine', {
    command: ['node', 'a.mjs', 'x\u001b[31m\ny'],
    prompt: 'stdin',
  });
  expect([agent.name, agent.description]).toEqual(['mine', 'node a.mjs x y']);
});
