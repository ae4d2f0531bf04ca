import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acpAgent } from '../../../src/agent/acp/acp-agent.ts';
import type { Clock } from '../../../src/system/ports.ts';
import { acpTurn } from './acp-fixture.ts';

const MiB = 1024 * 1024;

/** Runs a turn and says by how much memory grew at most; what is not collected yet counts as well. */
async function measured<T>(take: () => Promise<T>): Promise<{ end: T; most: number }> {
  const before = process.memoryUsage();
  let most = 0;
  const watch = setInterval(() => {
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    most = Math.max(most, arrayBuffers - before.arrayBuffers + heapUsed - before.heapUsed);
  }, 20);
  const end = await take();
  clearInterval(watch);
  return { end, most };
}

async function nothingLeft({ system, turn }: ReturnType<typeof acpTurn>): Promise<void> {
  expect(await system.processTable.ofRun(turn.run)).toEqual([]);
}

test('a flood of updates: events, log and memory stay bounded, and the turn ends as it should', async () => {
  const rig = acpTurn(
    { turns: [[{ flood: { count: 20_000, size: 2_000 } }, { say: '\nlast' }]] },
    { timeLimit: 60_000 },
  );
  const { end, most } = await measured(() => rig.take());
  expect(end).toMatchObject({ kind: 'exited', code: 0, failure: null });
  expect(end.tail.endsWith('last')).toBe(true);
  expect(end.tail.length).toBeLessThanOrEqual(64 * 1024);
  expect(rig.activities.length).toBeLessThanOrEqual(10_001);
  expect(statSync(rig.turn.outputFile).size).toBeLessThan(11 * MiB);
  expect(most).toBeLessThan(150 * MiB);
  await nothingLeft(rig);
});

test('a message of 100 MB ends the turn before it is held', async () => {
  const rig = acpTurn({ turns: [[{ line: 100 * MiB }, { hang: null }]] });
  const { end, most } = await measured(() => rig.take());
  const message = 'it sent a message of more than 16 MiB';
  expect(end).toMatchObject({ kind: 'exited', code: 1, failure: { kind: 'crashed', message } });
  expect(most).toBeLessThan(100 * MiB);
  await nothingLeft(rig);
});

test('garbage between messages is no message: it is in the log, and nothing else happens', async () => {
  const { take, turn, activities } = acpTurn({
    turns: [
      [
        {
          raw: 'Welcome!\n\u001b[31mred\n{"not": "a message"}\n[{"jsonrpc":"2.0","id":9,"method":"x"}]\nnull\n{"jsonrpc":\n',
        },
        {
          raw: '{"jsonrpc":"2.0","id":{"a":1},"method":"x"}\n{"jsonrpc":"2.0","method":""}\n{"jsonrpc":"2.0","id":77,"result":{}}\n',
        },
        {
          raw: '{"jsonrpc":"2.0","method":"session/update"}\n{"jsonrpc":"2.0","method":"session/update","params":{"update":[]}}\n',
        },
        {
          raw: '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"session-1","update":{"sessionUpdate":"plan","entries":7}}}\n',
        },
        { raw: '{"jsonrpc":"2.0","method":"__proto__","params":{}}\n\xff\xfe\n' },
        { say: 'still here' },
      ],
    ],
  });
  const end = await take();
  expect(end).toMatchObject({ kind: 'exited', code: 0, failure: null });
  expect(activities).toEqual([{ kind: 'text', text: 'still here' }]);
  expect(readFileSync(turn.outputFile, 'utf8')).toContain('Welcome!\n');
});

test('nothing but garbage is no agent', async () => {
  const { system, turn } = acpTurn({});
  const agent = acpAgent(system, 'a', { kind: 'acp', command: ['yes', 'hello'], mode: null });
  expect(await agent.turn(turn)).toMatchObject({
    ...{ kind: 'exited', code: 1 },
    failure: { kind: 'crashed', message: 'it does not speak the Agent Client Protocol' },
  });
  expect(await system.processTable.ofRun(turn.run)).toEqual([]);
});

test('an agent that never answers initialize: the stall limit, and its own', async () => {
  const rig = acpTurn({ silent: 'initialize' }, { stallLimit: 1000 });
  expect(await rig.take()).toMatchObject({ kind: 'stalled', session: null });
  await nothingLeft(rig);

  const waits: number[] = [];
  const { turn, system, file } = acpTurn({ silent: 'initialize' });
  // The three minutes of a handshake, without waiting for them.
  const clock: Clock = {
    ...system.clock,
    wait: (ms, signal) => {
      waits.push(ms);
      return ms === 180_000 ? Promise.resolve() : system.clock.wait(ms, signal);
    },
  };
  const program = join(import.meta.dirname, '../../support/acp-agent.mjs');
  const config = { kind: 'acp', command: [process.execPath, program, file], mode: null } as const;
  expect(await acpAgent({ ...system, clock }, 'a', config).turn(turn)).toMatchObject({
    failure: { kind: 'crashed', message: 'it did not answer initialize within 3 minutes' },
  });
  expect(waits).toContain(180_000);
});

test.each([
  ['with exit 0', { exit: 0 }, 1, 'it ended with exit 0 before its turn was over'],
  ['with an error', { exit: 7 }, 7, 'it ended with exit 7 before its turn was over'],
  ['by a signal', { sh: 'kill -9 $PPID' }, null, 'it ended by SIGKILL before its turn was over'],
])(
  'an agent that ends half-way %s: what it did stays, and it is no success',
  async (_, how, code, message) => {
    const rig = acpTurn({ turns: [[{ file: { path: 'half.txt', text: 'half' } }, how]] });
    const end = await rig.take();
    expect(end).toMatchObject({ kind: 'exited', code, failure: { kind: 'crashed', message } });
    expect(existsSync(join(rig.worktree, 'half.txt'))).toBe(true);
    await nothingLeft(rig);
  },
);

test('more things asked at once than anybody asks', async () => {
  const rig = acpTurn({
    turns: [
      [
        { ask: { method: 'terminal/create', command: 'exec sleep 1000' } },
        { many: { count: 300, method: 'terminal/wait_for_exit', terminalId: 'terminal-1' } },
        { hang: null },
      ],
    ],
  });
  expect(await rig.take()).toMatchObject({
    ...{ kind: 'exited', code: 1 },
    failure: { kind: 'crashed', message: 'it asked more than 256 things at once' },
  });
  await nothingLeft(rig);
});

test('daemons and processes without end in terminals are gone with the turn', async () => {
  const daemon = '(setsid sh -c \'trap "" TERM HUP; while :; do sleep 1000; done\' >/dev/null 2>&1 &)';
  // Each starts the next one, in a session of its own, and ignores what it can.
  const chain =
    'f() { trap "" TERM HUP; setsid sh -c "exec sleep 1000" & if [ "$1" -gt 0 ]; then f $(($1 - 1)) & fi; wait; }; f 40';
  const rig = acpTurn({
    turns: [
      [
        { terminal: { command: daemon } },
        { start: { command: chain } },
        { start: { command: 'yes' } },
        { start: { command: 'trap "" TERM; while :; do :; done' } },
        {
          sh: 'n=0; until [ $(grep -lzs "ROTA_RUN=.*$ROTA_RUN" /proc/[0-9]*/environ | wc -l) -gt 45 ]; do sleep 0.05; n=$((n + 1)); [ $n -lt 400 ] || exit 1; done',
        },
      ],
    ],
  });
  const end = await rig.take();
  expect(end).toMatchObject({ kind: 'exited', code: 0, survivors: [] });
  await nothingLeft(rig);
});

test('what it asks for at its very end starts nothing any more', async () => {
  const ask = (id: number, command: string) =>
    `${JSON.stringify({ jsonrpc: '2.0', id, method: 'terminal/create', params: { sessionId: 'session-1', command } })}\n`;
  const many = Array.from({ length: 50 }, (_, n) => ask(1000 + n, 'exec sleep 1000')).join('');
  const rig = acpTurn({ turns: [[{ raw: many }, { exit: 1 }]] });
  expect(await rig.take()).toMatchObject({ kind: 'exited', code: 1 });
  await nothingLeft(rig);
});

test('an agent that does not read what it is told', async () => {
  const rig = acpTurn({}, { timeLimit: 4000 });
  // It asks for the same large file again and again, with its stdin stopped.
  const program = `
    const read = (id) => JSON.stringify({ jsonrpc: '2.0', id, method: 'fs/read_text_file', params: { sessionId: 's', path: process.cwd() + '/big' } }) + '\\n';
    require('node:fs').writeFileSync('big', 'x'.repeat(8000000));
    for (let id = 0; id < 200; id++) process.stdout.write(read(id));
    setInterval(() => {}, 1000);`;
  const command = [process.execPath, '-e', program];
  const agent = acpAgent(rig.system, 'a', { kind: 'acp', command, mode: null });
  const { end, most } = await measured(() => agent.turn(rig.turn));
  expect(end).toMatchObject({ kind: 'timed-out' });
  expect(most).toBeLessThan(150 * MiB);
  await nothingLeft(rig);
});

test('words for a terminal are plain text, short, and of the worktree', async () => {
  const { take, activities } = acpTurn({
    turns: [
      [
        { say: `\u001b]0;title\u0007\u001b[2Jhello\u202e ${'x'.repeat(5000)}\n` },
        {
          update: {
            sessionUpdate: 'tool_call',
            toolCallId: '1',
            title: 'x',
            kind: 'execute',
            rawInput: { command: `ls \u001b[31m\n${'y'.repeat(5000)}` },
          },
        },
        {
          update: {
            sessionUpdate: 'tool_call',
            toolCallId: '2',
            title: 'w',
            kind: 'edit',
            locations: [{ path: 'PATH' }],
          },
        },
      ],
    ],
  });
  await take();
  const text = JSON.stringify(activities);
  expect(text).not.toMatch(/\\u001b|\\u202e|\u202e/);
  expect(activities[0]).toMatchObject({ kind: 'text', text: expect.stringMatching(/^hello x{100}/) });
  for (const activity of activities) expect(JSON.stringify(activity).length).toBeLessThan(2200);
});
