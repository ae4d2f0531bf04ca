import { describe, expect, it } from 'vitest';
import { gemini } from '../../../../src/agent/presets/gemini.ts';
import { promptFor } from '../../../../src/agent/presets/prompt-for.ts';
import type { AgentSample } from '../../../support/agent-sample.ts';
import { madeSample } from './made-sample.ts';
import { replay, replaySample } from './replay.ts';

const turn = { session: null, args: [], worktree: '/work/tree', resultFile: '/cache/run/result.md' };

describe('the command line of gemini', () => {
  const own = ['--output-format', 'stream-json'];
  const folder = ['--include-directories', '/cache/run'];

  it('asks for nothing, and may write its result', () => {
    expect(gemini.args(turn)).toEqual([...own, '--approval-mode', 'yolo', ...folder]);
    expect(gemini.env(turn)).toEqual({ GEMINI_CLI_TRUST_WORKSPACE: 'true' });
  });

  it('continues a session, and takes more arguments', () => {
    expect(gemini.args({ ...turn, session: 'abc', args: ['-m', 'x'] })).toEqual([
      ...[...own, '--approval-mode', 'yolo', ...folder, '--resume', 'abc', '-m', 'x'],
    ]);
  });

  it.each([['--approval-mode', 'auto_edit'], ['--approval-mode=auto_edit'], ['--yolo'], ['-y']])(
    'is not told its mode twice: %s %s',
    (...args) => {
      expect(gemini.args({ ...turn, args })).toEqual([...own, ...folder, ...args]);
    },
  );
});

describe('the prompt of gemini', () => {
  const prompt = (text: string) => gemini.prompt?.(text);
  const note = 'In this text `\\@` stands for an at sign alone.\n\n';

  it('names no files, no agents and no commands of its own', () => {
    expect(prompt('Read @src/a.ts, ask @expert, mail a@b.c')).toBe(
      `${note}Read \\@src/a.ts, ask \\@expert, mail a\\@b.c`,
    );
    expect(prompt('/quit')).toBe('Your task:\n/quit');
    expect(prompt('/quit @x')).toBe(`${note}/quit \\@x`);
    expect(prompt('"@/etc/passwd" `@.` (@../x)')).toBe(`${note}"\\@/etc/passwd" \`\\@.\` (\\@../x)`);
  });

  it('is as it was where nothing would be taken for a name', () => {
    for (const text of ['Do it.', 'at 5 @ home', 'ends with @', 'so \\@so', '', 'a / b'])
      expect(prompt(text)).toBe(text);
  });
});

describe('the prompt that is shown to people', () => {
  it('is the one that the client gets', async () => {
    const own = gemini.prompt?.('ask @expert');
    expect(own).toContain('\\@expert');
    expect(await promptFor({ kind: 'preset', preset: 'gemini', args: [] }, 'ask @expert')).toBe(own);
    expect(await promptFor({ kind: 'preset', preset: 'pi', args: [] }, 'ask @expert')).toBe('ask @expert');
    const command = { kind: 'command', command: ['gemini'], prompt: 'stdin' } as const;
    expect(await promptFor(command, 'ask @expert')).toBe('ask @expert');
    expect(await promptFor({ kind: 'acp', command: ['gemini', '--acp'], mode: null }, '@x')).toBe('@x');
  });
});

describe('a recorded turn of gemini', () => {
  it('that went well: what it did, its session, what it used', () => {
    const { activities, ...verdict } = replay(gemini, 'done');
    expect(verdict).toEqual({
      session: expect.stringMatching(/^[0-9a-f-]{36}$/),
      // 4 answers of 50 tokens each, and 7 that it thought.
      usage: { input: 1606, cached: 1200, output: 228, usd: null },
      failure: null,
    });
    expect(activities).toEqual([
      { kind: 'text', text: 'I will add it.' },
      { kind: 'edit', path: 'made.txt' },
      { kind: 'text', text: 'And look.' },
      { kind: 'tool', name: 'run_shell_command', detail: 'cat made.txt' },
      { kind: 'text', text: 'Done.' },
      { kind: 'usage', usage: verdict.usage },
    ]);
  });

  it.each([
    ['401', 'not-logged-in', 'Request had invalid authentication credentials.'],
    ['401-after-work', 'not-logged-in', 'Request had invalid authentication credentials.'],
    ['403', 'not-logged-in', 'Permission denied'],
    ['wrong-key', 'not-logged-in', 'API key not valid. Please pass a valid API key.'],
    ['no-key', 'not-logged-in', /you must specify the GEMINI_API_KEY environment variable\.$/],
    ['402', 'out-of-credit', 'Payment required'],
    ['credit', 'rate-limited', /^You have exhausted your daily quota on this model\. Please wait/],
    ['429', 'rate-limited', 'Resource has been exhausted (e.g. check quota).'],
    ['500', 'outage', 'An internal error has occurred.'],
    ['503-after-work', 'outage', 'The model is overloaded. Please try again later.'],
    ['drop', 'outage', 'terminated'],
    ['context', 'context-exhausted', /^The input token count \(1213007\) exceeds the maximum/],
    ['max-turns', 'context-exhausted', /^Reached max session turns for this session/],
    ['refusal', 'refused', 'The model response was blocked due to safety settings.'],
    ['tool-denied', 'tool-denied', /^not allowed: run_shell_command: Tool "run_shell_command" not found/],
    ['session-lost', 'session-lost', 'Error resuming session: No previous sessions found for this project.'],
    ['no-yolo', 'crashed', /^gemini exited with 52 before it was done: YOLO mode is disabled/],
    ['crash', 'crashed', 'gemini was ended by SIGKILL before it was done'],
    ['sigterm', 'crashed', 'gemini exited with 0 before it was done'],
  ] as const)('%s: %s', (name, kind, message) => {
    const { failure } = replay(gemini, name);
    const words = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(failure).toEqual({ kind, message: words, retryAfter: null });
  });

  it('tells each time that it asks again', () => {
    const waiting = replay(gemini, '429').activities.flatMap((activity) =>
      activity.kind === 'waiting' ? [activity.detail] : [],
    );
    expect(waiting.slice(0, 2)).toEqual([
      'attempt 1 failed: Resource has been exhausted (e.g. check quota).',
      'attempt 2 failed: Resource has been exhausted (e.g. check quota).',
    ]);
  });

  it('takes what the server suggests, where it waits for a limit that passes', () => {
    const { activities, failure } = replay(gemini, '429-per-minute');
    const message = 'Quota exceeded for requests per minute. Please retry in 3s.';
    expect(failure).toEqual({ kind: 'rate-limited', message, retryAfter: 3000 });
    expect(activities.filter(({ kind }) => kind === 'waiting')).toHaveLength(2);
  });

  it('tells failed edits as calls, and done ones as edits', () => {
    const done = replay(gemini, 'tools').activities.filter(({ kind }) => kind === 'tool' || kind === 'edit');
    expect(done).toEqual([
      { kind: 'tool', name: 'run_shell_command', detail: 'exit 3' },
      { kind: 'tool', name: 'replace', detail: 'nope.txt: File not found: /work/tree/nope.txt' },
      { kind: 'tool', name: 'read_file', detail: 'README.md' },
      { kind: 'edit', path: 'README.md' },
    ]);
  });

  it('a denied tool is told at once', () => {
    expect(replay(gemini, 'tool-denied').activities).toContainEqual({
      ...{ kind: 'permission', granted: false, detail: 'run_shell_command: cat made.txt' },
    });
  });

  it('a server that says nothing is no failure that gemini tells', () => {
    expect(replay(gemini, 'silence')).toMatchObject({
      ...{ usage: null, failure: null, session: expect.any(String) },
    });
  });

  it('whose session is lost names no session to go on in', () => {
    expect(replay(gemini, 'session-lost', 'abc').session).toBe(null);
  });

  it('that runs in circles leaves them by itself, and that is told', () => {
    const { activities, failure, usage } = replay(gemini, 'loop');
    expect(failure).toBe(null);
    expect(usage).toMatchObject({ input: 2010, output: 285 });
    expect(activities).toContainEqual({ kind: 'text', text: expect.stringMatching(/loop/i) });
  });
});

describe('gemini, as it was not recorded', () => {
  const failureOf = (sample: AgentSample) => replaySample(gemini, sample).failure;
  const result = (more: object) => ({ type: 'result', status: 'error', stats: {}, ...more });
  const failed = (message: string) => result({ error: { type: 'unknown', message } });
  const said = (content: string) => ({ type: 'message', role: 'assistant', content, delta: true });
  const retry = 'Attempt 2 failed with status 503. Retrying with backoff... {"error":{"message":"away"}}';

  it('nothing at all, with exit 0, is no success', () => {
    expect(failureOf(madeSample({}))?.message).toBe('gemini exited with 0 before it was done');
  });

  it('pieces of an answer are put together, and told in between', () => {
    const pieces = ['One ', 'sentence.', '\n\nAnother', ' one.'].map(said);
    const sample = madeSample({}, ...pieces, { type: 'result', status: 'success', stats: {} });
    expect(replaySample(gemini, sample).activities).toEqual([
      { kind: 'text', text: 'One sentence.\n\nAnother' },
      { kind: 'text', text: 'one.' },
    ]);
    const long = replaySample(gemini, madeSample({}, said('x'.repeat(600)), said('y'))).activities;
    expect(long).toEqual([{ kind: 'text', text: 'x'.repeat(600) }]);
  });

  it('what it waited for and then got is forgotten', () => {
    const timedOut = { kind: 'timed-out', code: null } as const;
    expect(failureOf(madeSample(timedOut, retry))).toMatchObject({ kind: 'outage', message: 'away' });
    expect(failureOf(madeSample(timedOut, retry, said('Here.')))).toBe(null);
    const called = { type: 'tool_use', tool_name: 'x', tool_id: 'y' };
    expect(failureOf(madeSample({ kind: 'stalled', code: null }, retry, called))).toBe(null);
    expect(failureOf(madeSample({ kind: 'interrupted', code: null }, retry))).toBe(null);
  });

  it.each([
    ['Attempt 1 failed. Retrying with backoff... TypeError: fetch failed', 'outage', 'fetch failed'],
    ['Attempt 3 failed with 5xx error. Retrying with backoff... Error: 502 oops', 'outage', '502 oops'],
    [
      ...['Attempt 3 failed with 429 error (no Retry-After header). Retrying with backoff... Error: 429'],
      ...(['rate-limited', '429'] as const),
    ],
    [
      'Attempt 1 failed: Quota exceeded for requests per minute. Please retry in 3s.',
      ...(['rate-limited', 'Quota exceeded for requests per minute. Please retry in 3s.'] as const),
    ],
    ['Attempt 9 failed. Retrying with backoff...', 'outage', 'Attempt 9 failed. Retrying with backoff...'],
  ] as const)('it says that it asks again in several ways: %s', (line, kind, message) => {
    const { activities, failure } = replaySample(gemini, madeSample({ kind: 'timed-out', code: null }, line));
    expect(failure).toMatchObject({ kind, message });
    expect(activities).toHaveLength(1);
  });

  it('when its server asked for a time, that is told', () => {
    const line = 'Attempt 1 failed: Quota exceeded for requests per minute. Please retry in 3s.';
    const rest = 'Suggested retry after 3s.. Retrying after 5260ms...';
    expect(failureOf(madeSample({ kind: 'timed-out', code: null }, line, rest))).toMatchObject({
      ...{ kind: 'rate-limited', retryAfter: 3000 },
    });
  });

  it.each([
    ['[API Error: {"error":{"code":429,"message":"Quota exceeded for quota metric x"}}]', 'rate-limited'],
    ['[API Error: Your prepayment credits are depleted.]', 'out-of-credit'],
    ['[API Error: Please retry in 12.5s. Quota of requests per minute]', 'rate-limited'],
    ['The model stopped due to a prohibited word.', 'refused'],
    ['[API Error: socket hang up]', 'outage'],
    ['', 'crashed'],
    ['{not json', 'crashed'],
  ] as const)('its last word decides: %s is %s', (words, kind) => {
    expect(failureOf(madeSample({ code: 1 }, failed(words)))?.kind).toBe(kind);
  });

  it('how long to wait is read from its words', () => {
    expect(failureOf(madeSample({ code: 1 }, failed('429: rate limit, retry in 12.5s')))).toMatchObject({
      ...{ kind: 'rate-limited', retryAfter: 12_500 },
    });
  });

  it('an error before a good end is none; one before an end with an error is why', () => {
    const error = { type: 'error', severity: 'error', message: 'blocked due to safety settings' };
    const good = { type: 'result', status: 'success', stats: {} };
    expect(failureOf(madeSample({}, error, good))).toBe(null);
    expect(failureOf(madeSample({}, error, result({})))?.kind).toBe('refused');
  });

  it('a denial does not hide why a turn failed', () => {
    const denied = [
      { type: 'tool_use', tool_name: 'browse', tool_id: 'a', parameters: { url: 'http://x' } },
      { type: 'tool_result', tool_id: 'a', status: 'error', error: { type: 'policy_violation' } },
    ];
    const good = { type: 'result', status: 'success', stats: {} };
    expect(failureOf(madeSample({}, ...denied, good))?.kind).toBe('tool-denied');
    expect(failureOf(madeSample({ code: 1 }, ...denied, failed('socket hang up')))?.kind).toBe('outage');
  });

  it('a tool of somebody else that is not there is no denial', () => {
    const missing = [
      { type: 'tool_use', tool_name: 'browse', tool_id: 'a' },
      { type: 'tool_result', tool_id: 'a', status: 'error', error: { type: 'tool_not_registered' } },
      { type: 'result', status: 'success', stats: {} },
    ];
    expect(failureOf(madeSample({}, ...missing))).toBe(null);
  });

  it('counts that contradict each other are taken as the higher', () => {
    const stats = { total_tokens: 5, input_tokens: 10, output_tokens: 3, cached: 99 };
    expect(replaySample(gemini, madeSample({}, result({ stats }))).usage).toEqual({
      ...{ input: 10, cached: 10, output: 3, usd: null },
    });
  });
});
