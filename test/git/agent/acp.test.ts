import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acpAgent } from '../../../src/agent/acp/acp-agent.ts';
import type { AgentTurn } from '../../../src/agent/agent.ts';
import type { AgentActivity } from '../../../src/events.ts';
import type { Processes } from '../../../src/system/ports.ts';
import { until } from '../../support/until.ts';
import { type AcpScript, acpTurn, handClock } from './acp-fixture.ts';

test('a turn from initialize to its end: what is said, what is heard, nothing left behind', async () => {
  const { take, turn, heard, activities, system, worktree } = acpTurn({
    turns: [
      [
        { say: 'I look at ' },
        { say: 'the code.\nThen I ' },
        { say: 'write.' },
        {
          update: {
            ...{ sessionUpdate: 'tool_call', toolCallId: '1', title: 'npm test', kind: 'execute' },
            rawInput: { command: 'npm test' },
          },
        },
        {
          update: {
            sessionUpdate: 'plan',
            entries: [
              { content: 'look', priority: 'high', status: 'completed' },
              { content: 'write', priority: 'low', status: 'in_progress' },
            ],
          },
        },
        { result: '---\noutcome: done\n---\n' },
      ],
    ],
  });
  const end = await take();
  expect(end).toMatchObject({
    kind: 'exited',
    code: 0,
    survivors: [],
    session: null,
    usage: null,
    failure: null,
  });
  expect(heard().slice(0, 3)).toMatchObject([
    {
      initialize: {
        protocolVersion: 1,
        clientCapabilities: { fs: { readTextFile: false, writeTextFile: true }, terminal: true },
      },
    },
    { new: { cwd: worktree, mcpServers: [] } },
    { prompt: { sessionId: 'session-1', prompt: [{ type: 'text', text: 'Do it.' }] } },
  ]);
  expect(activities).toEqual([
    { kind: 'text', text: 'I look at the code.' },
    { kind: 'text', text: 'Then I write.' },
    { kind: 'tool', name: 'execute', detail: 'npm test' },
    { kind: 'text', text: 'plan: 1 of 2 done: write' },
    { kind: 'edit', path: expect.stringContaining('result.md') },
  ]);
  expect(end.tail).toContain('Then I write.\n[execute] npm test\n');
  expect(readFileSync(turn.resultFile, 'utf8')).toContain('outcome: done');
  const log = readFileSync(turn.outputFile, 'utf8');
  expect(log).toMatch(/^> \{"jsonrpc":"2.0".*"method":"initialize"/m);
  expect(log).toMatch(/^\{"jsonrpc":"2.0".*"stopReason":"end_turn"/m);
  expect(await system.processTable.ofRun(turn.run)).toEqual([]);
});

test('it starts wrapped, in its folder, with its environment and nothing else', async () => {
  const { take, worktree, turn } = acpTurn(
    { turns: [[{ sh: 'pwd > where; env > env.txt' }]] },
    { wrap: (start) => ({ ...start, argv: ['env', 'WRAPPED=yes', ...start.argv] }) },
  );
  await take();
  expect(readFileSync(join(worktree, 'where'), 'utf8').trim()).toBe(worktree);
  const env = readFileSync(join(worktree, 'env.txt'), 'utf8');
  expect(env).toContain('WRAPPED=yes\n');
  expect(env).toContain(`ROTA_PROMPT=${turn.promptFile}\n`);
  expect(env).toContain('ANTHROPIC_API_KEY=k\n');
  expect(env).not.toMatch(/SECRET|GIT_DIR|NODE_OPTIONS/);
});

describe('sessions', () => {
  const RESUME = { loadSession: true, sessionCapabilities: { resume: {} } };
  const LOAD = { loadSession: true };

  test.each([
    ['can resume', RESUME, 'session-1'],
    ['can neither', {}, null],
    ['says nonsense', { loadSession: 'yes', sessionCapabilities: null }, null],
  ])('an agent that %s', async (_, capabilities, session) => {
    expect(await acpTurn({ capabilities }).take()).toMatchObject({ session });
  });

  test('a turn goes on in an earlier session; resume is preferred, for load tells the old turns again', async () => {
    const script = { capabilities: RESUME, turns: [[{ say: 'new' }]] };
    const { take, heard, worktree, activities } = acpTurn(script, { session: 'session-7' });
    expect(await take()).toMatchObject({ kind: 'exited', code: 0, session: 'session-7' });
    expect(heard().slice(1, 3)).toMatchObject([
      { resume: { sessionId: 'session-7', cwd: worktree } },
      { prompt: { sessionId: 'session-7' } },
    ]);
    expect(activities).toEqual([{ kind: 'text', text: 'new' }]);
  });

  test('what a loaded session tells again is not told as if it happened now', async () => {
    const old = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'old\n' } };
    const cost = {
      sessionUpdate: 'usage_update',
      used: 900,
      size: 1000,
      cost: { amount: 2, currency: 'USD' },
    };
    const now = { ...cost, used: 950, cost: { amount: 2.5, currency: 'USD' } };
    const script = { capabilities: LOAD, replay: [old, cost], turns: [[{ say: 'new' }, { update: now }]] };
    const { take, activities, heard } = acpTurn(script, { session: 'session-7' });
    expect(await take()).toMatchObject({ usage: { input: 950, usd: 0.5 }, tail: 'new' });
    expect(heard()[1]).toMatchObject({ load: { sessionId: 'session-7' } });
    expect(activities).toEqual([
      { kind: 'text', text: 'new' },
      { kind: 'usage', usage: { input: 950, cached: 0, output: 0, usd: 0.5 } },
    ]);
  });

  test.each([
    [
      'does not know it any more',
      { capabilities: RESUME, lost: true },
      'it cannot go on in session session-7: Resource not found',
    ],
    [
      'lost it, and only loads',
      { capabilities: LOAD, lost: true },
      'it cannot go on in session session-7: Resource not found',
    ],
    ['cannot go on at all', {}, 'it cannot go on in an earlier session'],
  ])('an agent that %s', async (_, script, message) => {
    const { take, heard } = acpTurn(script, { session: 'session-7' });
    expect(await take()).toMatchObject({
      ...{ kind: 'exited', code: 1, session: null },
      failure: { kind: 'session-lost', message },
    });
    expect(heard().filter((one) => 'prompt' in one)).toEqual([]);
  });
});

describe('session modes', () => {
  const modes = {
    currentModeId: 'ask',
    availableModes: [
      { id: 'ask', name: 'Ask' },
      { id: 'code', name: 'Code' },
    ],
  };
  const option = {
    ...{ id: 'm', name: 'Mode', category: 'mode', type: 'select', currentValue: 'ask' },
    options: [
      {
        group: 'g',
        name: 'G',
        options: [
          { value: 'ask', name: 'Ask' },
          { value: 'code', name: 'Code' },
        ],
      },
    ],
  };

  test('is set before the prompt', async () => {
    const { take, heard } = acpTurn({ session: { modes } });
    expect(await take('code')).toMatchObject({ kind: 'exited', code: 0 });
    expect(heard().slice(2)).toMatchObject([
      { mode: { sessionId: 'session-1', modeId: 'code' } },
      { prompt: {} },
    ]);
  });

  test('also as an option of the category mode', async () => {
    const { take, heard } = acpTurn({ session: { configOptions: [option] } });
    expect(await take('code')).toMatchObject({ kind: 'exited', code: 0 });
    expect(heard()[2]).toMatchObject({ option: { configId: 'm', value: 'code' } });
  });

  test.each([
    [
      'that it does not have',
      { session: { modes, configOptions: [option] } },
      'there is no session mode x (rota.yaml): it has ask, code',
    ],
    ['of an agent without modes', {}, 'there is no session mode x (rota.yaml): it has none'],
  ])('one %s: no prompt is sent', async (_, script, message) => {
    const { take, heard } = acpTurn(script);
    expect(await take('x')).toMatchObject({ code: 1, failure: { kind: 'crashed', message } });
    expect(heard().filter((one) => 'prompt' in one)).toEqual([]);
  });
});

describe('how it stops', () => {
  test.each([
    ['max_turn_requests', 1, { kind: 'context-exhausted' }],
    ['max_tokens', 1, { kind: 'context-exhausted' }],
    ['refusal', 1, { kind: 'refused' }],
    ['new_reason', 1, { kind: 'crashed', message: 'it stopped for a reason that is not known: new_reason' }],
  ])('%s: exit %i', async (stop, code, failure) => {
    const end = await acpTurn({ turns: [[{ stop }]] }).take();
    expect(end).toMatchObject({ kind: 'exited', code, signal: null, failure });
  });

  test('with its own count of tokens', async () => {
    const usage = { inputTokens: 10, outputTokens: 5, cachedReadTokens: 90, totalTokens: 105 };
    const end = await acpTurn({ turns: [[{ stop: { stopReason: 'end_turn', usage } }]] }).take();
    expect(end.usage).toEqual({ input: 100, cached: 90, output: 5, usd: null });
  });

  test.each([
    [{ code: -32000, message: 'Authentication required' }, 'not-logged-in', 'Authentication required'],
    [{ code: 429, message: 'slow down' }, 'rate-limited', 'slow down'],
    [{ code: -32603, message: 'x \u001b[31mred\n' }, 'crashed', 'x red'],
  ])('with the error %j: %s', async (fail, kind, message) => {
    const end = await acpTurn({ capabilities: { loadSession: true }, turns: [[{ fail }]] }).take();
    expect(end).toMatchObject({ kind: 'exited', code: 1, session: 'session-1', failure: { kind, message } });
  });
});

describe('logging in', () => {
  const authMethods = [
    { id: 'oauth', name: 'Browser' },
    { id: 'anthropic-api-key', name: 'Key' },
  ];

  test('a key of its environment is used when the agent asks, once', async () => {
    const { take, heard } = acpTurn({ needsLogin: true, authMethods });
    expect(await take()).toMatchObject({ kind: 'exited', code: 0 });
    expect(heard().slice(1)).toMatchObject([
      { new: {} },
      { authenticate: { methodId: 'anthropic-api-key' } },
      { new: {} },
      { prompt: {} },
    ]);
  });

  test.each([
    [
      'without a key',
      [
        { id: 'oauth', name: 'Browser' },
        { id: 'openai-api-key', name: 'Key' },
      ],
      'Authentication required (it can be logged in by oauth, openai-api-key)',
    ],
  ])('%s: nothing is tried that needs a person', async (_, methods, message) => {
    const { take, heard } = acpTurn({ needsLogin: true, authMethods: methods });
    expect(await take()).toMatchObject({ code: 1, failure: { kind: 'not-logged-in', message } });
    expect(heard().map((one) => Object.keys(one)[0])).toEqual(['initialize', 'new']);
  });

  test.each([[{ 'api-key': { provider: 'openai' } }, true]])(
    'a bare api-key takes the key that is there (%j)',
    async (_meta, used) => {
      const { take, heard } = acpTurn({
        needsLogin: true,
        authMethods: [{ id: 'api-key', name: 'Key', _meta }],
      });
      expect(await take()).toMatchObject({ code: 0 });
      expect(heard().some((one) => 'authenticate' in one)).toBe(used);
    },
  );

  test('a wrong key', async () => {
    const { take } = acpTurn({ needsLogin: true, authMethods, authenticates: false });
    expect(await take()).toMatchObject({
      failure: {
        kind: 'not-logged-in',
        message: 'anthropic-api-key: Authentication required: the key is wrong',
      },
    });
  });
});

describe('limits and stops', () => {
  const stuck: AcpScript = {
    capabilities: { loadSession: true },
    turns: [[{ say: 'at it\n' }, { untilCancelled: null }]],
  };

  test('stopped: it is asked to cancel first, and its session stays', async () => {
    const stop = new AbortController();
    const { take, heard, activities, system, turn } = acpTurn(stuck, { stop: stop.signal });
    const ended = take();
    await until(() => activities.length > 0, 'it did not begin');
    stop.abort('SIGTERM');
    expect(await ended).toMatchObject({
      kind: 'interrupted',
      session: 'session-1',
      failure: null,
      survivors: [],
    });
    expect(heard().at(-1)).toEqual({ cancel: { sessionId: 'session-1' } });
    expect(await system.processTable.ofRun(turn.run)).toEqual([]);
  });

  test('stopped before it began', async () => {
    const { take, heard } = acpTurn(stuck, { stop: AbortSignal.abort('SIGINT') });
    expect(await take()).toMatchObject({ kind: 'interrupted', session: null });
    expect(heard()).toEqual([]);
  });

  const HOUR = 60 * 60_000;

  /** Takes a turn; when it has come as far as `there` says, time passes. */
  async function late(
    script: AcpScript,
    limits: Partial<AgentTurn>,
    there: (seen: AgentActivity[]) => boolean,
  ) {
    const rig = acpTurn(script, { timeLimit: 10 * HOUR, stallLimit: 10 * HOUR, ...limits });
    const { clock, pass } = handClock(rig.system.clock);
    const seen = { terminalOutput: false };
    const processes: Processes = {
      ...rig.system.processes,
      start: (spec) =>
        rig.system.processes.start({
          ...spec,
          onOutput: (...output) => {
            spec.onOutput(...output);
            if (spec.argv[0] === 'sh') seen.terminalOutput = true;
          },
        }),
    };
    const ended = rig.take(null, { ...rig.system, clock, processes });
    await until(() => there(rig.activities), 'it did not come so far');
    return { rig, ended, pass, seen };
  }

  test('the time limit, on one that does not listen either', async () => {
    const script = { turns: [[{ say: 'here\n' }, { hang: null }]] };
    const { rig, ended, pass } = await late(script, { timeLimit: HOUR }, (seen) => seen.length > 0);
    pass(HOUR);
    expect(await ended).toMatchObject({ kind: 'timed-out', survivors: [] });
    expect(rig.heard().at(-1)).toMatchObject({ cancel: {} });
    expect(await rig.system.processTable.ofRun(rig.turn.run)).toEqual([]);
  });

  test('stalled: no output, and no file changes', async () => {
    const { ended, pass } = await late(stuck, { stallLimit: HOUR }, (seen) => seen.length > 0);
    pass(HOUR);
    expect(await ended).toMatchObject({ kind: 'stalled', failure: null });
  });

  test.each([
    [
      'Attempt 3 failed with status 500. Retrying with backoff...',
      'Attempt 3 failed with status 500. Retrying with backoff...',
      'outage',
    ],
    [
      'timestamp=x level=ERROR run=1 message="stream error" error.error="AI_APICallError: Too many requests"',
      'Too many requests',
      'rate-limited',
    ],
  ])('stalled while it waits for its model, which it said: that is why', async (line, detail, kind) => {
    const script = { turns: [[{ stderr: `${line}\n` }, { hang: null }]] };
    const { rig, ended, pass } = await late(script, { stallLimit: HOUR }, (seen) => seen.length > 0);
    pass(HOUR);
    expect(await ended).toMatchObject({ kind: 'stalled', failure: { kind } });
    expect(rig.activities).toEqual([{ kind: 'waiting', detail }]);
  });

  test.each([
    ['Cannot connect to API: The socket connection was closed unexpectedly', { kind: 'outage' }],
    // That it was told to stop is no reason.
    ['The operation was aborted', null],
  ])('what it answers when it is told to stop may be why it hung: %s', async (message, failure) => {
    const script = {
      turns: [[{ say: 'here\n' }, { cancelled: null }, { fail: { code: -32603, message } }]],
    };
    const { ended, pass } = await late(script, { timeLimit: HOUR }, (seen) => seen.length > 0);
    pass(HOUR);
    const end = await ended;
    expect(end.kind).toBe('timed-out');
    if (failure === null) expect(end.failure).toBe(null);
    else expect(end.failure).toMatchObject(failure);
  });

  test.each([
    [{ error_status: 429, error: 'rate_limit' }, 'rate limit (429): attempt 3 of 10, in 2 s', 'rate-limited'],
    [
      { error_status: null, error: 'unknown' },
      'connection error, unknown: attempt 3 of 10, in 2 s',
      'outage',
    ],
    [
      { error_status: 401, error: 'authentication_failed' },
      'authentication failed (401): attempt 3 of 10, in 2 s',
      'not-logged-in',
    ],
  ])('stalled while claude asks again, which its adapter tells as %j', async (about, detail, kind) => {
    const message = {
      ...{ type: 'system', subtype: 'api_retry', attempt: 3, max_retries: 10, retry_delay_ms: 2_000 },
      ...about,
    };
    const params = { sessionId: 'session-1', message };
    const raw = `${JSON.stringify({ jsonrpc: '2.0', method: '_claude/sdkMessage', params })}\n`;
    const other = raw.replace('api_retry', 'thinking_tokens');
    const script = { turns: [[{ raw: other }, { raw }, { hang: null }]] };
    const { rig, ended, pass } = await late(script, { stallLimit: HOUR }, (seen) => seen.length > 0);
    pass(HOUR);
    expect(await ended).toMatchObject({ kind: 'stalled', failure: { kind } });
    expect(rig.activities).toEqual([{ kind: 'waiting', detail }]);
    // It was asked for, or it would not be told.
    const [opened] = rig.heard().filter((one) => 'new' in one);
    expect(opened.new._meta.claudeCode.emitRawSDKMessages).toEqual([
      { type: 'system', subtype: 'api_retry' },
    ]);
  });

  test('output of a terminal is a sign of life', async () => {
    const command =
      'until test -e ../go; do sleep 0.02; done; echo out; until test -e ../on; do sleep 0.02; done';
    const script = { turns: [[{ terminal: { command } }]] };
    const { rig, ended, pass, seen } = await late(script, { stallLimit: HOUR }, (done) => done.length > 0);
    pass(0.7 * HOUR);
    writeFileSync(join(rig.box.folder, 'go'), '');
    await until(() => seen.terminalOutput, 'no output came');
    pass(0.7 * HOUR);
    writeFileSync(join(rig.box.folder, 'on'), '');
    expect(await ended).toMatchObject({ kind: 'exited', code: 0 });
  });

  test('an answer that comes with the exit is an answer', async () => {
    const answer = '{"jsonrpc":"2.0","id":2,"result":{"stopReason":"end_turn"}}\n';
    expect(await acpTurn({ turns: [[{ raw: answer }, { exit: 3 }]] }).take()).toMatchObject({
      kind: 'exited',
      code: 0,
      failure: null,
    });
  });
});

describe('that cannot be started', () => {
  test.each([
    [
      'no-such-agent-of-rota',
      'no-such-agent-of-rota was not found on PATH: install it, or change the agent in rota.yaml',
    ],
    ['./agent', './agent is not executable: chmod +x it, or name its interpreter in rota.yaml'],
  ])('%s', async (program, reason) => {
    const { system, turn, worktree } = acpTurn({});
    writeFileSync(join(worktree, 'agent'), 'x');
    const agent = acpAgent(system, 'a', { kind: 'acp', command: [program], mode: null });
    expect(await agent.turn(turn)).toMatchObject({ kind: 'missing', reason, failure: null });
  });

  test('a program that is no agent: it ends, and its last words are told', async () => {
    const { system, turn } = acpTurn({});
    const command = ['sh', '-c', 'echo "usage: x [options]"; echo "error: unknown option --acp" >&2; exit 2'];
    const end = await acpAgent(system, 'a', { kind: 'acp', command, mode: null }).turn(turn);
    expect(end).toMatchObject({ kind: 'exited', code: 2, failure: { kind: 'crashed' } });
    expect(end.failure?.message).toBe(
      'it ended with exit 2 before its turn was over: error: unknown option --acp',
    );
  });

  test('another version of the protocol', async () => {
    const message = 'it speaks version 2 of the protocol, not 1';
    expect(await acpTurn({ protocolVersion: 2 }).take()).toMatchObject({
      failure: { kind: 'crashed', message },
    });
  });

  test('when following its start fails the agent is ended', async () => {
    const fail = () => Promise.reject(new Error('disk full'));
    const { take, system, turn } = acpTurn({ turns: [[{ hang: null }]] }, { onStarted: fail });
    await expect(take()).rejects.toThrow('disk full');
    expect(await system.processTable.ofRun(turn.run)).toEqual([]);
  });
});
