import { describe, expect, it } from 'vitest';
import { pi } from '../../../../src/agent/presets/pi.ts';
import type { AgentSample } from '../../../support/agent-sample.ts';
import { madeSample } from './made-sample.ts';
import { replay, replaySample } from './replay.ts';

const turn = { session: null, args: [], worktree: '/work/tree', resultFile: '/cache/run/result.md' };

describe('the command line of pi', () => {
  it('prints events; the prompt is read from stdin as it is', () => {
    expect(pi.args(turn)).toEqual(['-p', '--mode', 'json']);
    expect(pi.prompt).toBeUndefined();
  });

  it('continues a session, and takes more arguments', () => {
    expect(pi.args({ ...turn, session: 'abc', args: ['--model', 'x/y'] })).toEqual([
      ...['-p', '--mode', 'json', '--session', 'abc', '--model', 'x/y'],
    ]);
  });
});

describe('a recorded turn of pi', () => {
  it('that went well: what it did, its session, what it used', () => {
    const { activities, ...verdict } = replay(pi, 'done');
    expect(verdict).toEqual({
      session: expect.stringMatching(/^[0-9a-f-]{36}$/),
      usage: { input: 1266, cached: 900, output: 150, usd: expect.closeTo(0.006105, 9) },
      failure: null,
    });
    expect(activities.filter(({ kind }) => kind !== 'usage')).toEqual([
      { kind: 'text', text: 'I will add it.' },
      { kind: 'edit', path: 'made.txt' },
      { kind: 'text', text: 'And look.' },
      { kind: 'tool', name: 'bash', detail: 'cat made.txt' },
      { kind: 'text', text: 'Done.' },
    ]);
    const read = activities.flatMap((activity) => (activity.kind === 'usage' ? [activity.usage.input] : []));
    expect(read).toEqual([421, 843, 1266]);
  });

  it.each([
    ['401', 'not-logged-in', 'invalid x-api-key'],
    ['403', 'not-logged-in', 'Your API key does not have permission to use the specified resource.'],
    ['no-key', 'not-logged-in', 'No API key found for the selected model.'],
    ['402', 'out-of-credit', 'Your credit balance is too low to access the Anthropic API.'],
    ['credit', 'out-of-credit', /^Your credit balance is too low .* purchase credits\.$/],
    ['429', 'rate-limited', 'This request would exceed your rate limit.'],
    ['500', 'outage', 'Internal server error'],
    ['529', 'outage', 'Overloaded'],
    ['drop', 'outage', 'terminated'],
    ['context', 'context-exhausted', 'prompt is too long: 213007 tokens > 200000 maximum'],
    ['refusal', 'refused', 'An unknown error occurred (its words for a refusal)'],
    ['tool-denied', 'tool-denied', 'Tool bash not found'],
    ['session-lost', 'session-lost', /^No session found matching '01a1fe0c/],
    ['crash', 'crashed', 'pi was ended by SIGKILL before it was done'],
  ] as const)('%s: %s', (name, kind, message) => {
    const { failure } = replay(pi, name);
    const words = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(failure).toEqual({ kind, message: words, retryAfter: null });
  });

  it.each(['401-after-work', '500-after-work'])('%s: what it had done is told, and what it cost', (name) => {
    const { activities, usage, failure } = replay(pi, name);
    expect(activities).toContainEqual({ kind: 'edit', path: 'made.txt' });
    expect(usage).toMatchObject({ input: 421, cached: 300, output: 50 });
    expect(failure?.kind).toBe(name === '401-after-work' ? 'not-logged-in' : 'outage');
  });

  it('tells each time that it asks again', () => {
    const waiting = replay(pi, '429').activities.flatMap((activity) =>
      activity.kind === 'waiting' ? [activity.detail] : [],
    );
    expect(waiting).toEqual(
      [1, 2, 3].map((n) => `retry ${n} of 3 in ${2 ** n} s: This request would exceed your rate limit.`),
    );
  });

  it('tells failed edits as calls, and done ones as edits', () => {
    const done = replay(pi, 'tools').activities.filter(({ kind }) => kind === 'tool' || kind === 'edit');
    expect(done).toEqual([
      { kind: 'tool', name: 'bash', detail: 'exit 3' },
      { kind: 'tool', name: 'edit', detail: expect.stringMatching(/^nope\.txt: Could not edit file/) },
      { kind: 'tool', name: 'read', detail: 'README.md' },
      { kind: 'edit', path: 'README.md' },
    ]);
  });

  it('a server that says nothing is no failure that pi tells', () => {
    expect(replay(pi, 'silence')).toMatchObject({ usage: null, failure: null, session: expect.any(String) });
  });

  it('whose session is lost names no session to go on in', () => {
    expect(replay(pi, 'session-lost', 'abc').session).toBe(null);
  });
});

describe('pi, as it was not recorded', () => {
  const failureOf = (sample: AgentSample) => replaySample(pi, sample).failure;
  const answer = (more: object) => ({ type: 'message_end', message: { role: 'assistant', ...more } });
  const failed = (errorMessage: string, more: object = {}) =>
    answer({ stopReason: 'error', errorMessage, ...more });

  it('nothing at all, with exit 0, is no success', () => {
    expect(failureOf(madeSample({}))).toMatchObject({
      ...{ kind: 'crashed', message: 'pi exited with 0 before it was done' },
    });
  });

  it('an error that a good answer came after is forgotten', () => {
    expect(failureOf(madeSample({}, failed('500 away'), answer({ stopReason: 'stop' })))).toBe(null);
  });

  it('an error of no name is a crash, of a provider whose refusals have names', () => {
    const sample = madeSample({}, failed('An unknown error occurred', { api: 'google-generative-ai' }));
    expect(failureOf(sample)).toMatchObject({ kind: 'crashed', message: 'An unknown error occurred' });
    expect(failureOf(madeSample({}, failed('Provider finish_reason: content_filter')))?.kind).toBe('refused');
  });

  it('words that look like JSON and are none are shown as they are', () => {
    expect(failureOf(madeSample({}, failed('503 {"error": oops')))).toMatchObject({
      ...{ kind: 'outage', message: '{"error": oops' },
    });
  });

  it('how long a server wants to be left alone is read from its words', () => {
    const sample = madeSample({}, failed('429 {"error":{"message":"Rate limited, retry after 30 seconds"}}'));
    expect(failureOf(sample)).toMatchObject({ kind: 'rate-limited', retryAfter: 30_000 });
  });

  it('what it waited for is why rota had to end it; a person who stops it is none', () => {
    const lines = [failed('529 {"error":{"message":"Overloaded"}}')];
    expect(failureOf(madeSample({ kind: 'timed-out', code: null }, ...lines))?.kind).toBe('outage');
    expect(failureOf(madeSample({ kind: 'interrupted', code: null }, ...lines))).toBe(null);
  });

  it('a context that cannot be compacted is exhausted', () => {
    const words = 'Context overflow recovery failed: prompt is too long: 9 tokens > 8 maximum';
    expect(failureOf(madeSample({}, { type: 'compaction_end', errorMessage: words }, answer({})))).toBe(null);
    expect(
      failureOf(madeSample({}, answer({}), { type: 'compaction_end', errorMessage: words })),
    ).toMatchObject({
      kind: 'context-exhausted',
    });
  });

  it('a model without a price has no cost, and hides no cost of another', () => {
    const used = (total: number) =>
      answer({ usage: { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, cost: { total } } });
    const usageOf = (...lines: object[]) => replaySample(pi, madeSample({}, ...lines)).usage;
    expect(usageOf(used(0), used(0))).toEqual({ input: 20, cached: 0, output: 10, usd: null });
    expect(usageOf(used(0), used(0.5), used(0))?.usd).toBe(0.5);
  });

  it('a tool of somebody else that is not there is no denial', () => {
    const missing = {
      ...{ type: 'tool_execution_end', toolCallId: 'x', toolName: 'browse', isError: true },
      result: { content: [{ type: 'text', text: 'Tool browse not found' }] },
    };
    expect(replaySample(pi, madeSample({}, answer({}), missing))).toMatchObject({
      ...{ failure: null, activities: [{ kind: 'usage' }] },
    });
  });

  it('what it repeats is not parsed, however long it is', () => {
    const { skips } = pi.reader(turn);
    expect(skips?.('{"type":"message_update","message":{"content":[')).toBe(true);
    expect(skips?.('{"type":"message_end","message":{}}')).toBe(false);
    expect(skips?.('{"type":"agent_end_of_another_kind"}')).toBe(false);
  });

  it('a whole session on one line at its end is no line that was too long', () => {
    const long = 'x'.repeat(1024 * 1024);
    const told = (type: string) => replaySample(pi, madeSample({}, { type, long })).activities;
    expect(told('agent_end')).toEqual([]);
    expect(told('message_update')).toEqual([]);
    expect(told('message_end')).toEqual([
      { kind: 'text', text: expect.stringMatching(/^a line of \d{7} bytes was too long to be read$/) },
    ]);
  });
});
