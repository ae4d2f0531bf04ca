import { describe, expect, it } from 'vitest';
import { codex } from '../../../../src/agent/presets/codex.ts';
import { type AgentSample, agentSample } from '../../../support/agent-sample.ts';
import { replay, replaySample } from './replay.ts';

const turn = { session: null, args: [], worktree: '/work/tree', resultFile: '/cache/run/result.md' };

describe('the command line of codex', () => {
  const own = [
    ...['exec', '--json', '--color', 'never', '-C', '/work/tree'],
    ...['-c', 'sandbox_mode="danger-full-access"', '-c', 'approval_policy="never"'],
  ];

  it('reads the prompt from stdin; its own sandbox is off', () => {
    expect(codex.args(turn)).toEqual([...own, '-']);
  });

  it('continues a session, with the same arguments', () => {
    expect(codex.args({ ...turn, session: 'abc', args: ['-m', 'gpt-5.1'] })).toEqual([
      ...[...own, '-m', 'gpt-5.1', 'resume', 'abc', '-'],
    ]);
  });
});

describe('a recorded turn of codex', () => {
  it('that went well: what it did, its session, what it used', () => {
    const { activities, ...verdict } = replay(codex, 'done');
    expect(verdict).toEqual({
      session: expect.stringMatching(/^[0-9a-f-]{36}$/),
      usage: { input: 4006, cached: 2000, output: 126, usd: null },
      failure: null,
    });
    expect(activities).toEqual([
      { kind: 'tool', name: 'shell', detail: 'npm test' },
      { kind: 'edit', path: 'src/greet.txt' },
      { kind: 'tool', name: 'shell', detail: 'git add -A && git commit -q -m "feat: greet"' },
      { kind: 'text', text: 'All done.' },
      { kind: 'usage', usage: verdict.usage },
    ]);
  });

  it.each([
    ['401', 'not-logged-in', /^unexpected status 401 Unauthorized: invalid x-api-key/],
    ['402', 'out-of-credit', /^Your credit balance is too low/],
    ['quota', 'out-of-credit', 'Quota exceeded. Check your plan and billing details.'],
    ['429', 'rate-limited', 'exceeded retry limit, last status: 429 Too Many Requests'],
    ['500', 'outage', /high demand/],
    ['drop', 'outage', /^stream disconnected before completion/],
    ['context', 'context-exhausted', /^Codex ran out of room in the model's context window/],
    ['tool-denied', 'tool-denied', /^not allowed: .*git commit.* policy forbids commands starting with/],
    ['session-lost', 'session-lost', /no rollout found for thread id/],
    ['crash', 'crashed', 'codex was ended by SIGKILL before it was done'],
    ['waits-500', 'outage', /high demand/],
  ] as const)('%s: %s', (name, kind, message) => {
    const { failure } = replay(codex, name);
    expect(failure).toEqual({ kind, message: expect.stringMatching(message), retryAfter: null });
    expect(failure?.message.length).toBeLessThanOrEqual(300);
  });

  it('a refusal says nothing, and nothing is made up', () => {
    expect(replay(codex, 'refusal')).toMatchObject({ failure: null, usage: { input: 1000, output: 30 } });
  });

  it('tells while it waits for its model', () => {
    const waiting = replay(codex, '401').activities.flatMap((activity) =>
      activity.kind === 'waiting' ? [activity.detail] : [],
    );
    expect(waiting).toHaveLength(5);
    expect(waiting[0]).toMatch(/^1\/5 \(unexpected status 401 Unauthorized/);
  });

  it('tells a denied tool at once', () => {
    expect(replay(codex, 'tool-denied').activities).toContainEqual({
      ...{ kind: 'permission', granted: false },
      detail: expect.stringContaining('git commit'),
    });
  });

  it('whose session is lost names no session to go on in', () => {
    expect(replay(codex, 'session-lost', 'abc').session).toBe(null);
  });

  it('that was killed names its session', () => {
    expect(replay(codex, 'crash')).toMatchObject({ session: expect.any(String), usage: null });
  });
});

describe('codex, as it was not recorded', () => {
  const made = (end: Partial<AgentSample>, ...lines: unknown[]): AgentSample => ({
    ...{ kind: 'exited', code: 0, signal: null },
    lines: lines.map((line) => ({
      stream: typeof line === 'string' ? 'stderr' : 'stdout',
      text: typeof line === 'string' ? line : JSON.stringify(line),
    })),
    ...end,
  });
  const failureOf = (sample: AgentSample) => replaySample(codex, sample).failure;
  const item = (type: string, more: object) => ({ type, item: { id: 'i', ...more } });

  it('nothing at all, with exit 0, is no success', () => {
    expect(failureOf(made({}))).toMatchObject({
      ...{ kind: 'crashed', message: 'codex exited with 0 before it was done' },
    });
  });

  it('a missing key is named', () => {
    const failed = { type: 'turn.failed', error: { message: 'Missing environment variable: `LOOP_KEY`.' } };
    expect(failureOf(made({ code: 1 }, failed))).toMatchObject({
      ...{ kind: 'not-logged-in', message: 'Missing environment variable: `LOOP_KEY`.' },
    });
  });

  it('waiting for a network that never comes is an outage when rota ends it', () => {
    const message = 'Reconnecting... waiting for network (Connection failed: error sending request)';
    const sample = made({ kind: 'timed-out', code: null }, { type: 'error', message });
    expect(replaySample(codex, sample)).toMatchObject({
      activities: [{ kind: 'waiting', detail: message.slice('Reconnecting... '.length) }],
      failure: { kind: 'outage' },
    });
  });

  it('what it waited for and then got is forgotten', () => {
    const again = { type: 'error', message: 'Reconnecting... 1/5 (last status: 500)' };
    const done = { type: 'turn.completed', usage: {} };
    expect(failureOf(made({}, again, { type: 'error', message: 'odd' }, done))).toBe(null);
    const text = item('item.completed', { type: 'agent_message', text: 'Hi.' });
    expect(failureOf(made({ kind: 'stalled' as never, code: null }, again, text))).toBe(null);
  });

  it('a declined command is denied, a failed patch no edit', () => {
    const declined = item('item.completed', {
      ...{ type: 'command_execution', command: "/bin/bash -lc 'rm x'", status: 'declined' },
    });
    const failed = item('item.completed', {
      ...{ type: 'file_change', status: 'failed', changes: [{ path: 'a', kind: 'update' }] },
    });
    const done = { type: 'turn.completed', usage: {} };
    expect(replaySample(codex, made({}, declined, failed, done))).toMatchObject({
      activities: [{ kind: 'permission', granted: false, detail: 'rm x' }, { kind: 'usage' }],
      failure: { kind: 'tool-denied', message: 'not allowed: rm x' },
    });
  });

  it('a denial does not hide why a turn failed', () => {
    const denied = agentSample('codex', 'tool-denied').lines.filter(({ stream }) => stream === 'stderr');
    const failed = { type: 'turn.failed', error: { message: 'unexpected status 503: away' } };
    const sample = made({ code: 1 }, failed);
    expect(failureOf({ ...sample, lines: [...denied, ...sample.lines] })?.kind).toBe('outage');
  });
});
