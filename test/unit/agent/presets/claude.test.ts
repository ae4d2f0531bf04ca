import { describe, expect, it } from 'vitest';
import { claude } from '../../../../src/agent/presets/claude.ts';
import type { AgentSample } from '../../../support/agent-sample.ts';
import { replay, replaySample } from './replay.ts';

const turn = { session: null, args: [], worktree: '/work/tree', resultFile: '/cache/run/result.md' };

describe('the command line of claude', () => {
  it('asks for nothing as root, and lets it write its result', () => {
    expect(claude.args(turn)).toEqual([
      ...['-p', '--output-format', 'stream-json', '--verbose', '--add-dir', '/cache/run'],
      ...['--allowedTools', 'Bash,Read,Glob,Grep,WebFetch,WebSearch', '--permission-mode', 'acceptEdits'],
    ]);
  });

  it('continues a session; the arguments of rota.yaml come last, so that they win', () => {
    const args = claude.args({ ...turn, session: 'abc', args: ['--max-turns', '50'] });
    expect(args.slice(-4)).toEqual(['--resume', 'abc', '--max-turns', '50']);
  });

  it('nothing is put into its environment that could pass for a login or a sandbox', () => {
    expect(claude.env(turn)).toEqual({ DISABLE_AUTOUPDATER: '1' });
  });
});

describe('a recorded turn of claude', () => {
  it('that went well: what it did, its session, what it used', () => {
    const { activities, ...verdict } = replay(claude, 'done');
    expect(verdict).toEqual({
      session: '6d21d6b8-4ccd-472a-95c9-e3d9c1e7e294',
      usage: { input: 6086, cached: 2000, output: 126, usd: 0.024680000000000004 },
      failure: null,
    });
    expect(activities.filter(({ kind }) => kind !== 'usage')).toEqual([
      { kind: 'tool', name: 'Bash', detail: 'npm test' },
      { kind: 'edit', path: 'src/greet.txt' },
      { kind: 'tool', name: 'Bash', detail: 'git add -A && git commit -q -m "feat: greet"' },
      { kind: 'text', text: 'All done.' },
    ]);
    const used = activities.flatMap((activity) => (activity.kind === 'usage' ? [activity.usage.input] : []));
    expect(used).toEqual([1520, 3041, 4563, 6086, 6086]);
  });

  it.each([
    ['401', 'not-logged-in', 'Invalid API key · Fix external API key'],
    ['402', 'out-of-credit', 'Credit balance is too low'],
    ['429', 'rate-limited', /^API Error: Request rejected \(429\) · This request would exceed/],
    ['500', 'outage', /^API Error: 500 Internal server error/],
    ['drop', 'outage', /^API Error: Connection to the API was lost \(ECONNRESET\)/],
    ['context', 'context-exhausted', /^Prompt is too long/],
    ['refusal', 'refused', /unable to respond to this request.*Request ID: req_0$/],
    ['max-turns', 'context-exhausted', /--max-turns/],
    ['tool-denied', 'tool-denied', 'not allowed: Bash: git push origin main'],
    ['session-lost', 'session-lost', /^No conversation found with session ID/],
    ['crash', 'crashed', 'claude was ended by SIGKILL before it was done'],
  ] as const)('%s: %s', (name, kind, message) => {
    const { failure } = replay(claude, name);
    expect(failure).toEqual({ kind, message: expect.stringMatching(message), retryAfter: null });
    expect(failure?.message.length).toBeLessThanOrEqual(300);
    expect(failure?.message).not.toContain('\n');
  });

  it('tells while it waits for its model', () => {
    const waiting = replay(claude, '429').activities.flatMap((activity) =>
      activity.kind === 'waiting' ? [activity.detail] : [],
    );
    expect(waiting).toHaveLength(10);
    expect(waiting[6]).toBe('rate limit (429): attempt 7 of 10, in 36 s');
  });

  it.each([
    ['waits-429', { kind: 'rate-limited', message: 'rate limit (429)', retryAfter: 4000 }],
    ['waits-500', { kind: 'outage', message: 'server error (500)', retryAfter: null }],
    ['waits-cut', { kind: 'outage', message: 'unknown', retryAfter: null }],
  ] as const)('that was ended while it waited (%s) failed for what it waited for', (name, failure) => {
    expect(replay(claude, name).failure).toEqual(failure);
  });

  it('tells a denied tool at once, and once', () => {
    const { activities } = replay(claude, 'tool-denied');
    expect(activities.filter(({ kind }) => kind === 'permission')).toEqual([
      { kind: 'permission', granted: false, detail: 'Bash: git push origin main' },
    ]);
  });

  it('that was killed half-way: what it had used by then counts, its session can go on', () => {
    expect(replay(claude, 'crash')).toMatchObject({
      session: 'c6270be0-afed-4084-9a22-6cf24447db8e',
      usage: { input: 3041, cached: 1000, output: 2, usd: null },
    });
  });

  it('whose session is lost names no session to go on in', () => {
    expect(replay(claude, 'session-lost', '11111111-1111-4111-8111-111111111111').session).toBe(null);
  });
});

describe('claude, as it was not recorded', () => {
  const made = (end: Partial<AgentSample>, ...lines: unknown[]): AgentSample => ({
    ...{ kind: 'exited', code: 0, signal: null },
    lines: lines.map((line) => ({
      stream: typeof line === 'string' ? 'stderr' : 'stdout',
      text: typeof line === 'string' ? line : JSON.stringify(line),
    })),
    ...end,
  });
  const failureOf = (sample: AgentSample) => replaySample(claude, sample).failure;
  const retry = {
    ...{ type: 'system', subtype: 'api_retry', attempt: 1, max_retries: 10 },
    ...{ retry_delay_ms: 500.5, error_status: 500, error: 'server_error' },
  };
  const text = { type: 'assistant', message: { id: 'm', content: [{ type: 'text', text: 'Hi.' }] } };

  it('nothing at all, with exit 0, is no success', () => {
    expect(failureOf(made({}))).toMatchObject({
      ...{ kind: 'crashed', message: 'claude exited with 0 before it was done' },
    });
  });

  it('an option that it does not know is in its words', () => {
    expect(failureOf(made({ code: 1 }, "error: unknown option '--nope'", ''))).toEqual({
      kind: 'crashed',
      message: "claude exited with 1 before it was done: error: unknown option '--nope'",
      retryAfter: null,
    });
  });

  it('a time limit without a word of waiting is the time limit alone', () => {
    expect(failureOf(made({ kind: 'timed-out', code: null }))).toBe(null);
    expect(failureOf(made({ kind: 'timed-out', code: null }, retry, text))).toBe(null);
    expect(failureOf(made({ kind: 'timed-out', code: null }, text, retry))?.kind).toBe('outage');
  });

  it('a person who stopped it is no failure of its own', () => {
    const sample = { ...made({ code: null }, retry), kind: 'interrupted' as never };
    expect(failureOf(sample)).toBe(null);
  });

  it('its own limit of spending ends the session', () => {
    const result = { type: 'result', subtype: 'error_max_budget_usd', is_error: true };
    expect(failureOf(made({ code: 1 }, result))).toMatchObject({
      kind: 'context-exhausted',
      message: expect.stringContaining('--max-budget-usd'),
    });
  });

  it('an error of no known kind is a crash in its words, plain and short', () => {
    const result = {
      type: 'result',
      subtype: 'success',
      is_error: true,
      result: `\u001b[31mOdd\u001b[0m\n${'x'.repeat(1000)}`,
    };
    const failure = failureOf(made({ code: 1 }, result));
    expect(failure?.kind).toBe('crashed');
    expect(failure?.message).toMatch(/^Odd x{290,}…$/);
    expect(failure?.message).toHaveLength(300);
    const silent = { type: 'result', is_error: true };
    expect(failureOf(made({ code: 1 }, silent))?.message).toContain('did not say which');
  });

  it('subagents count: what they used is in the usage by model', () => {
    const result = {
      ...{ type: 'result', subtype: 'success', is_error: false, total_cost_usd: 0.5 },
      usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 },
      modelUsage: {
        opus: { inputTokens: 10, cacheReadInputTokens: 5, cacheCreationInputTokens: 0, outputTokens: 1 },
        haiku: { inputTokens: 100, cacheReadInputTokens: 0, cacheCreationInputTokens: 7, outputTokens: 9 },
      },
    };
    expect(replaySample(claude, made({}, result)).usage).toEqual({
      ...{ input: 122, cached: 5, output: 10, usd: 0.5 },
    });
  });

  it('a thousand messages count, each once, and are not all remembered', () => {
    const message = (id: number) => ({
      ...text,
      message: { ...text.message, id: `m${id}`, usage: { input_tokens: 10, output_tokens: 1 } },
    });
    const all = Array.from({ length: 1000 }, (_, id) => [message(id), message(id)]).flat();
    const sample = made({ kind: 'timed-out', code: null }, ...all);
    expect(replaySample(claude, sample).usage).toEqual({ input: 10_000, cached: 0, output: 1000, usd: null });
  });

  it('a message of several parts counts once', () => {
    const part = (id: string) => ({
      ...text,
      message: { ...text.message, id, usage: { input_tokens: 100, output_tokens: 4 } },
    });
    const sample = made({ kind: 'timed-out', code: null }, part('a'), part('a'), part('b'));
    expect(replaySample(claude, sample).usage).toEqual({ input: 200, cached: 0, output: 8, usd: null });
  });
});
