import { describe, expect, it } from 'vitest';
import { opencode } from '../../../../src/agent/presets/opencode.ts';
import { type AgentSample, agentSample } from '../../../support/agent-sample.ts';
import { madeSample } from './made-sample.ts';
import { replay, replaySample } from './replay.ts';

const turn = { session: null, args: [], worktree: '/work/tree', resultFile: '/cache/run/result.md' };

describe('the command line of opencode', () => {
  const own = ['run', '--format', 'json', '--auto', '--print-logs', '--log-level', 'ERROR'];

  it('asks for nothing; the prompt is read from stdin as it is', () => {
    expect(opencode.args(turn)).toEqual([...own, '--title', 'rota']);
    expect(opencode.prompt).toBeUndefined();
  });

  it('continues a session, and takes more arguments', () => {
    expect(opencode.args({ ...turn, session: 'ses_1', args: ['--model', 'a/b'] })).toEqual([
      ...[...own, '--title', 'rota', '--session', 'ses_1', '--model', 'a/b'],
    ]);
  });

  it.each([['--title', 'mine'], ['--title=mine']])('takes a title of the person: %s', (...args) => {
    expect(opencode.args({ ...turn, args })).toEqual([...own, ...args]);
  });
});

describe('a recorded turn of opencode', () => {
  it('that went well: what it did, its session, what it used', () => {
    const { activities, ...verdict } = replay(opencode, 'done');
    expect(verdict).toEqual({
      session: expect.stringMatching(/^ses_[A-Za-z0-9]+$/),
      usage: { input: 1266, cached: 900, output: 150, usd: expect.closeTo(0.003663, 9) },
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
    ['401-after-work', 'not-logged-in', 'invalid x-api-key'],
    ['403', 'not-logged-in', 'Your API key does not have permission to use the specified resource.'],
    ['no-key', 'not-logged-in', /^Anthropic API key is missing\./],
    ['402', 'out-of-credit', 'Your credit balance is too low to access the Anthropic API.'],
    ['credit', 'out-of-credit', /^Your credit balance is too low .* purchase credits\.$/],
    ['500', 'outage', 'Internal server error'],
    ['500-after-work', 'outage', 'Internal server error'],
    ['drop', 'outage', /^Cannot connect to API: The socket connection was closed/],
    ['context', 'context-exhausted', 'prompt is too long: 213007 tokens > 200000 maximum'],
    ['refusal', 'refused', /^The response was blocked by the provider's content filter/],
    ['tool-denied', 'tool-denied', /^not allowed: (?:write|bash)$/],
    ['session-lost', 'session-lost', 'Session not found'],
    ['crash', 'crashed', 'opencode was ended by SIGKILL before it was done'],
  ] as const)('%s: %s', (name, kind, message) => {
    const { failure } = replay(opencode, name);
    const words = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(failure).toEqual({ kind, message: words, retryAfter: null });
  });

  it('429: rate-limited, for as long as the server said', () => {
    expect(replay(opencode, '429').failure).toEqual({
      kind: 'rate-limited',
      message: 'This request would exceed your rate limit.',
      retryAfter: 3000,
    });
  });

  it.each(['401-after-work', '500-after-work'])('%s: what it had done is told, and what it cost', (name) => {
    const { activities, usage } = replay(opencode, name);
    expect(activities).toContainEqual({ kind: 'edit', path: 'made.txt' });
    expect(usage).toMatchObject({ input: 421, cached: 300, output: 50 });
  });

  it('tells each time that it asks again, and its session', () => {
    const { activities, session } = replay(opencode, '500-after-work');
    const waiting = activities.filter(({ kind }) => kind === 'waiting');
    expect(waiting.length).toBeGreaterThanOrEqual(2);
    expect(waiting[0]).toEqual({ kind: 'waiting', detail: 'Internal server error' });
    expect(session).toMatch(/^ses_/);
  });

  it('does not wait for a key that will not come', () => {
    expect(replay(opencode, '401').activities).toEqual([]);
  });

  it('tells failed edits as calls, and done ones as edits', () => {
    const done = replay(opencode, 'tools').activities.filter(
      ({ kind }) => kind === 'tool' || kind === 'edit',
    );
    expect(done).toEqual([
      { kind: 'tool', name: 'bash', detail: 'exit 3' },
      { kind: 'tool', name: 'edit', detail: expect.stringMatching(/nope\.txt: File .*not found/) },
      { kind: 'tool', name: 'read', detail: 'README.md' },
      { kind: 'edit', path: 'README.md' },
    ]);
  });

  it('a denied tool is told at once', () => {
    const told = replay(opencode, 'tool-denied').activities.filter(({ kind }) => kind === 'permission');
    expect(told).toEqual([
      { kind: 'permission', granted: false, detail: 'write' },
      { kind: 'permission', granted: false, detail: 'bash' },
    ]);
  });

  it('a server that says nothing is no failure that opencode tells', () => {
    expect(replay(opencode, 'silence')).toMatchObject({ usage: null, failure: null });
  });

  it('that was killed names its session, and what it cost until then', () => {
    expect(replay(opencode, 'crash')).toMatchObject({
      ...{ session: expect.stringMatching(/^ses_/), usage: { input: 421, output: 50 } },
    });
  });

  it('whose session is lost names no session to go on in', () => {
    expect(replay(opencode, 'session-lost', 'ses_1').session).toBe(null);
  });
});

describe('opencode, as it was not recorded', () => {
  const failureOf = (sample: AgentSample) => replaySample(opencode, sample).failure;
  const error = (name: string, data: object) => ({
    type: 'error',
    sessionID: 'ses_1',
    error: { name, data },
  });
  const tool = (part: object) => ({ type: 'tool_use', sessionID: 'ses_1', part });
  const finish = (part: object) => ({ type: 'step_finish', sessionID: 'ses_1', part });
  const done = finish({ tokens: {} });
  const away =
    'level=ERROR message="stream error" session.id=ses_2 error.error="AI_APICallError: Overloaded"';
  const timedOut = { kind: 'timed-out', code: null } as const;

  it('nothing at all, with exit 0, is no success', () => {
    expect(failureOf(madeSample({}))?.message).toBe('opencode exited with 0 before it was done');
  });

  it('an error that another step came after is forgotten', () => {
    const lost = error('APIError', { message: 'away', statusCode: 503 });
    expect(failureOf(madeSample({}, lost, { type: 'step_start' }, done))).toBe(null);
    expect(failureOf(madeSample({}, { type: 'step_start' }, done, lost))?.kind).toBe('outage');
  });

  it('what it waited for is why rota had to end it, and is forgotten when it goes on', () => {
    expect(replaySample(opencode, madeSample(timedOut, away))).toMatchObject({
      ...{ session: 'ses_2', failure: { kind: 'outage', message: 'Overloaded' } },
    });
    expect(failureOf(madeSample(timedOut, away, { type: 'text', part: { text: 'Hi' } }))).toBe(null);
    expect(failureOf(madeSample(timedOut, away, { type: 'step_start' }))?.kind).toBe('outage');
    expect(failureOf(madeSample({ kind: 'interrupted', code: null }, away))).toBe(null);
  });

  it('an answer whose words nobody knows is still waited for', () => {
    const line = 'level=ERROR message="stream error" error.error="UnknownError: it said \\"no\\""';
    expect(replaySample(opencode, madeSample(timedOut, line))).toMatchObject({
      ...{ failure: { kind: 'outage' }, activities: [{ kind: 'waiting' }] },
    });
  });

  it.each([
    ['ProviderAuthError', { message: 'key missing' }, 'not-logged-in'],
    ['MessageOutputLengthError', {}, 'context-exhausted'],
    ['APIError', { message: 'Too many', statusCode: 429 }, 'rate-limited'],
    ['APIError', { message: 'Insufficient funds: insufficient_quota', statusCode: 429 }, 'out-of-credit'],
    ['UnknownError', { message: 'fetch failed' }, 'outage'],
    ['ProviderModelNotFoundError', { message: 'Model not found: a/b' }, 'crashed'],
    ['', {}, 'crashed'],
  ] as const)('the error %s with %j is %s', (name, data, kind) => {
    const failure = failureOf(madeSample({ code: 1 }, error(name, data)));
    expect(failure?.kind).toBe(kind);
    expect(failure?.message).not.toBe('');
  });

  it.each([
    [{ 'retry-after-ms': '1500', 'retry-after': '2' }, 1500],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:22:50 GMT' }, null],
    [{ 'retry-after': '-3' }, null],
    [{}, null],
    [null, null],
  ])('%j asks for %s ms', (responseHeaders, retryAfter) => {
    const data = { message: 'slow down', statusCode: 429, responseHeaders };
    expect(failureOf(madeSample({ code: 1 }, error('APIError', data)))).toMatchObject({ retryAfter });
  });

  it('a permission that nobody grants is told, and is why nothing came of it', () => {
    const asked = '! permission requested: edit (made.txt); auto-rejecting';
    const sample = madeSample({}, asked, done);
    expect(replaySample(opencode, sample)).toMatchObject({
      activities: [{ kind: 'permission', granted: false, detail: 'edit (made.txt)' }, { kind: 'usage' }],
      failure: { kind: 'tool-denied', message: 'not allowed: edit (made.txt)' },
    });
  });

  it('a rule of its configuration is a denial; a tool of somebody else that is missing is none', () => {
    const rule = 'The user has specified a rule which prevents you from using this specific tool call.';
    const denied = tool({
      tool: 'bash',
      state: { status: 'error', input: { command: 'rm x' }, error: rule },
    });
    expect(failureOf(madeSample({}, denied, done))?.kind).toBe('tool-denied');
    const wrong = "Model tried to call unavailable tool 'browse'.";
    const missing = tool({ tool: 'invalid', state: { input: { tool: 'browse', error: wrong } } });
    expect(replaySample(opencode, madeSample({}, missing, done))).toMatchObject({
      activities: [{ kind: 'tool', name: 'browse', detail: wrong }, { kind: 'usage' }],
      failure: null,
    });
  });

  it('a denial does not hide why a turn failed', () => {
    const denied = agentSample('opencode', 'tool-denied').lines;
    const lost = madeSample({ code: 1 }, error('APIError', { message: 'away', statusCode: 503 }));
    expect(failureOf({ ...lost, lines: [...denied, ...lost.lines] })?.kind).toBe('outage');
  });

  it('a patch names the files that it changed', () => {
    const files = [{ relativePath: 'src/a.ts' }, { filePath: '/work/tree/b.ts' }, {}];
    const patch = tool({ tool: 'apply_patch', state: { metadata: { files }, title: 'Success' } });
    const { activities } = replaySample(opencode, madeSample({}, patch, done));
    expect(activities.slice(0, 2)).toEqual([
      { kind: 'edit', path: 'src/a.ts' },
      { kind: 'edit', path: 'b.ts' },
    ]);
    const none = tool({ tool: 'apply_patch', state: { title: 'Success' } });
    expect(replaySample(opencode, madeSample({}, none, done)).activities[0]).toEqual({
      ...{ kind: 'tool', name: 'apply_patch', detail: 'Success' },
    });
  });

  it('counts the cache as input and the reasoning as output; no price is no cost', () => {
    const tokens = { input: 10, output: 5, reasoning: 7, cache: { read: 100, write: 20 } };
    const sample = madeSample({}, finish({ tokens, cost: 0 }), finish({ tokens, cost: 0 }));
    expect(replaySample(opencode, sample).usage).toEqual({
      ...{ input: 260, cached: 200, output: 24, usd: null },
    });
  });
});
