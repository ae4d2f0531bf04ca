import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../src/agent/presets/failure-of.ts';
import { followOutput } from '../../../../src/agent/presets/follow-output.ts';
import {
  fieldAt,
  firstText,
  listAt,
  MOST_READ,
  numberAt,
  textAt,
  tokensAt,
} from '../../../../src/agent/presets/json-fields.ts';
import { presetOf } from '../../../../src/agent/presets/known-presets.ts';
import type { PresetReader, PresetVerdict } from '../../../../src/agent/presets/preset.ts';
import { readLines } from '../../../../src/agent/presets/read-lines.ts';
import { PRESETS, type PresetName } from '../../../../src/config.ts';
import type { AgentActivity, Usage } from '../../../../src/events.ts';
import { AGENT_FAILURES } from '../../../../src/plan/agent-failure.ts';
import { hasUnsafeText } from '../../../../src/task/text.ts';

const turn = { session: null, args: [], worktree: '/work/tree', resultFile: '/work/result.md' };
const exited = { kind: 'exited', code: 0, signal: null } as const;

function linesOf(chunks: readonly (string | Buffer)[], most?: number): (string | number)[] {
  const seen: (string | number)[] = [];
  const reader = readLines({ line: (text) => seen.push(text), dropped: (bytes) => seen.push(bytes) }, most);
  for (const chunk of chunks) reader.add(Buffer.from(chunk));
  reader.end();
  return seen;
}

describe('lines', () => {
  it('are whole, however the pieces are cut, and whatever the characters are', () => {
    const text = 'a\r\npäivää 🦊\n\nrest';
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        expect(linesOf(chunks)).toEqual(['a', 'päivää 🦊', '', 'rest']);
      }),
    );
  });

  it('that are too long are counted and not kept; the next one is read', () => {
    expect(linesOf(['12345\n', '123', '456', '789\nok\n', '1234567'], 5)).toEqual(['12345', 9, 'ok', 7]);
  });

  it('an end without a line break is a line, an empty one is none', () => {
    expect(linesOf(['a'])).toEqual(['a']);
    expect(linesOf(['a\n'])).toEqual(['a']);
    expect(linesOf([])).toEqual([]);
  });

  it('do not change when the caller uses its buffer again', () => {
    const seen: string[] = [];
    const reader = readLines({ line: (text) => seen.push(text), dropped: () => undefined });
    const buffer = Buffer.from('abc');
    reader.add(buffer);
    buffer.fill('x');
    reader.add(Buffer.from('d\n'));
    expect(seen).toEqual(['abcd']);
  });
});

const NOTHING_SAID: PresetVerdict = { session: null, usage: null, failure: null };

/** A reader that tells what a test wants. */
function follow(reader: Partial<PresetReader>) {
  const told: AgentActivity[] = [];
  const whole = { feed: () => [], verdict: () => NOTHING_SAID, ...reader };
  return { told, followed: followOutput(whole, '/work/tree', (activity) => told.push(activity)) };
}

const usage = (input: number): Usage => ({ input, cached: 0, output: 0, usd: null });

describe('following output', () => {
  it('objects of stdout are JSON; other lines and stderr are words', () => {
    const seen: unknown[] = [];
    const { followed } = follow({
      feed: (line) => {
        seen.push(line);
        return [];
      },
      verdict: (exit) => {
        seen.push(exit);
        return NOTHING_SAID;
      },
    });
    followed.add(Buffer.from('{"a":1}\n[1]\n{broken\nnote\n'), 'stdout');
    followed.add(Buffer.from('{"b":2}\n'), 'stderr');
    followed.end(exited);
    expect(seen).toEqual([
      { stream: 'stdout', text: '{"a":1}', json: { a: 1 } },
      { stream: 'stdout', text: '[1]', json: null },
      { stream: 'stdout', text: '{broken', json: null },
      { stream: 'stdout', text: 'note', json: null },
      { stream: 'stderr', text: '{"b":2}', json: null },
      { ...exited, words: '[1]\n{broken\nnote\n{"b":2}' },
    ]);
  });

  it('of a long line, and of a long text in one, only the beginning is read', () => {
    const read: number[] = [];
    const { followed } = follow({
      feed: ({ text, json }) => {
        read.push(text.length, textAt(json, 'a', 'b').length);
        return [];
      },
    });
    const long = 'x'.repeat(100_000);
    followed.add(Buffer.from(`${long}\n`), 'stderr');
    followed.add(Buffer.from(`${JSON.stringify({ a: { b: long } })}\n`), 'stdout');
    followed.end(exited);
    expect(read).toEqual([MOST_READ, 0, MOST_READ, MOST_READ]);
  });

  it('keeps the end of many words, at most 8 KiB', () => {
    let words = '';
    const { followed } = follow({
      verdict: (exit) => {
        words = exit.words;
        return NOTHING_SAID;
      },
    });
    for (let n = 0; n < 10_000; n++) followed.add(Buffer.from(`line ${n}\n`), 'stderr');
    followed.end(exited);
    expect(words.length).toBeLessThanOrEqual(8 * 1024);
    expect(words.endsWith('line 9998\nline 9999')).toBe(true);
    expect(words.length).toBeGreaterThan(7 * 1024);
  });

  it('what it tells is plain and short, paths are those of the worktree', () => {
    const long = `\u001b[31m${'x'.repeat(100_000)}\n\u202e`;
    const { told, followed } = follow({
      feed: () => [
        { kind: 'tool', name: long, detail: long },
        { kind: 'edit', path: '/work/tree/src/a\nb.ts' },
        { kind: 'edit', path: '/work/treetop/a.ts' },
        { kind: 'text', text: `one\n\u001b]0;two\u0007${long}` },
        { kind: 'waiting', detail: long },
        { kind: 'permission', granted: false, detail: long },
      ],
    });
    followed.add(Buffer.from('{}\n'), 'stdout');
    expect(told.map((activity) => JSON.stringify(activity).length < 2200)).toEqual(Array(6).fill(true));
    expect(told[1]).toEqual({ kind: 'edit', path: 'src/a b.ts' });
    expect(told[2]).toEqual({ kind: 'edit', path: '/work/treetop/a.ts' });
    expect(JSON.stringify(told)).not.toMatch(/\\u001b|\u202e/);
  });

  it('a flood is cut off and said once; what was used goes on to be told', () => {
    let total = 0;
    const { told, followed } = follow({
      feed: () => [
        { kind: 'text', text: 'x' },
        { kind: 'usage', usage: usage(++total * 1000) },
      ],
    });
    followed.add(Buffer.from('{}\n'.repeat(100_000)), 'stdout');
    expect(
      told.filter((activity) => activity.kind === 'text' && activity.text.includes('see its log')),
    ).toHaveLength(1);
    expect(told.length).toBeLessThan(10_200);
    const last = told.at(-1)!;
    expect(last.kind === 'usage' && last.usage.input).toBeGreaterThan(95_000_000);
  });

  it('the same usage again is not told again', () => {
    const { told, followed } = follow({ feed: () => [{ kind: 'usage', usage: usage(5) }] });
    followed.add(Buffer.from('{}\n{}\n'), 'stdout');
    expect(told).toEqual([{ kind: 'usage', usage: usage(5) }]);
  });

  it.each(['--resume', '-x', '../x', 'a b', '', 'a\nb', `a${'b'.repeat(128)}`])(
    'a session %j is none: it becomes an argument',
    (session) => {
      const { followed } = follow({ verdict: () => ({ session, usage: null, failure: null }) });
      expect(followed.end(exited).session).toBe(null);
    },
  );

  it('a session of letters, digits and marks is one', () => {
    const session = 'ses_01a1fe0b-68f6.A';
    const { followed } = follow({ verdict: () => ({ session, usage: null, failure: null }) });
    expect(followed.end(exited).session).toBe(session);
  });

  it('a failure is one short line, and its wait at most a day', () => {
    const failure = {
      kind: 'outage',
      message: `\u001b[1mno\n\n${'y'.repeat(5000)}`,
      retryAfter: 1e12,
    } as const;
    const { followed } = follow({ verdict: () => ({ session: null, usage: null, failure }) });
    const end = followed.end(exited).failure!;
    expect(end.message).toMatch(/^no y+…$/);
    expect(end.message).toHaveLength(300);
    expect(end.retryAfter).toBe(24 * 60 * 60_000);
  });
});

describe('what a server answers', () => {
  it.each([
    [401, 'whatever', 'not-logged-in'],
    [403, 'whatever', 'not-logged-in'],
    [402, 'whatever', 'out-of-credit'],
    [413, 'whatever', 'context-exhausted'],
    [429, 'whatever', 'rate-limited'],
    [429, 'You exceeded your current quota, please check your plan and billing details.', 'out-of-credit'],
    [500, 'prompt is too long', 'outage'],
    [529, 'Overloaded', 'outage'],
    [400, 'Your credit balance is too low', 'out-of-credit'],
    [400, 'prompt is too long: 215000 tokens > 200000 maximum', 'context-exhausted'],
    [400, 'This model has a maximum context length of 8192 tokens', 'context-exhausted'],
    [
      400,
      'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).',
      'context-exhausted',
    ],
    [400, 'API key not valid. Please pass a valid API key.', 'not-logged-in'],
    [null, 'Not logged in · Please run /login', 'not-logged-in'],
    [null, "You've hit your usage limit. Try again in 2 hours 3 minutes.", 'rate-limited'],
    [null, 'connect ECONNREFUSED 127.0.0.1:9', 'outage'],
    [400, 'messages: at least one message is required', null],
    [null, 'the tests are red', null],
    [null, '', null],
  ] as const)('%s %s: %s', (status, words, kind) => {
    expect(failureOf(status, words)?.kind ?? null).toBe(kind);
  });

  it.each([
    ['Rate limit reached. Please try again in 11.054s.', 11_054],
    ['Please retry in 15.5s', 15_500],
    ['429: retry after 30 seconds', 30_000],
    ["You've hit your usage limit. Try again in 1 day 2 hours and 3 minutes.", 93_780_000],
    ['rate limit: try again in 250ms', 250],
    ['rate limit: try again in 5m', 300_000],
    ['rate limit: try again in a moment', null],
    ['rate limit: 5 requests in 10 seconds', null],
  ])('%s', (words, retryAfter) => {
    expect(failureOf(429, words)?.retryAfter).toBe(retryAfter);
  });

  it('what the server says itself counts before words', () => {
    expect(failureOf(429, 'try again in 5s', 7000)?.retryAfter).toBe(7000);
  });
});

describe('fields of unknown JSON', () => {
  const json = { a: { b: ['x', { c: 5 }] }, n: -1, big: 1e300, t: ' ', u: 'text' };

  it('are found, or there is nothing', () => {
    expect(textAt(json, 'a', 'b', 0)).toBe('x');
    expect(numberAt(json, 'a', 'b', 1, 'c')).toBe(5);
    expect(listAt(json, 'a', 'b')).toHaveLength(2);
    expect([textAt(json, 'a'), textAt(json, 'a', 'q', 'r'), textAt(null, 'a')]).toEqual(['', '', '']);
    expect([numberAt(json, 'n'), numberAt(json, 'big'), numberAt(json, 'u')]).toEqual([null, null, null]);
    expect([tokensAt(json, 'n'), tokensAt({ x: 2.6 }, 'x')]).toEqual([0, 3]);
    expect([fieldAt(json, 'constructor'), fieldAt(json, '__proto__'), listAt(json, 'u')]).toEqual([
      undefined,
      undefined,
      [],
    ]);
    expect([firstText(json, ['t', 'u']), firstText(json, ['t']), firstText(7, ['t'])]).toEqual([
      'text',
      '',
      '',
    ]);
  });
});

describe.each(PRESETS)('preset %s', (name: PresetName) => {
  it('is itself, says how to log in, and names its files below HOME', async () => {
    const preset = await presetOf(name);
    expect(preset.name).toBe(name);
    expect(preset.howToLogIn).toMatch(/^[^\n]{20,}$/);
    for (const path of preset.login) expect(path).toMatch(/^(?!\/)(?!.*\.\.)[\w./-]+$/);
    expect(preset.args(turn).every((arg) => typeof arg === 'string')).toBe(true);
    const args = preset.args({ ...turn, args: ['--mine', 'x'] });
    expect(args.join(' ')).toContain('--mine x');
  });

  it('never throws, whatever it reads, and what it says is plain, short and of a known kind', async () => {
    const preset = await presetOf(name);
    const word = fc.constantFrom(...WORDS[name]);
    const leaf = fc.oneof(
      word,
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constant('\u001b[31m\n'),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
      object: fc.dictionary(word, tie('value'), { maxKeys: 6 }),
    }));
    const object = fc.dictionary(word, value, { maxKeys: 8 });
    const line = fc.record({
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
      text: fc.oneof(
        object.map((json) => JSON.stringify(json)),
        fc.string(),
      ),
    });
    const kind = fc.constantFrom(
      'exited' as const,
      'timed-out' as const,
      'stalled' as const,
      'interrupted' as const,
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), kind, fc.constantFrom(0, 1, null), (lines, how, code) => {
        const told: AgentActivity[] = [];
        const followed = followOutput(preset.reader(turn), turn.worktree, (activity) => told.push(activity));
        for (const { stream, text } of lines) followed.add(Buffer.from(`${text}\n`), stream);
        const end = followed.end({ kind: how, code, signal: code === null ? 'SIGTERM' : null });
        for (const activity of told) expect(JSON.stringify(activity)).not.toContain('\\u001b');
        if (how === 'interrupted') expect(end.failure).toBe(null);
        if (end.failure === null) return;
        expect(AGENT_FAILURES).toContain(end.failure.kind);
        expect(hasUnsafeText(end.failure.message)).toBe(false);
        expect(end.failure.message.length).toBeLessThanOrEqual(300);
      }),
      { numRuns: 300 },
    );
  });
});

/** Keys and values that its parser looks for. */
const SHARED = [
  'type',
  'id',
  'error',
  'message',
  'status',
  'text',
  'content',
  'name',
  'usage',
  'input',
  'output',
  'input_tokens',
  'output_tokens',
  'session_id',
  'result',
  'subtype',
  'a',
];
const WORDS: Readonly<Record<PresetName, readonly string[]>> = {
  claude: [
    ...SHARED,
    'system',
    'assistant',
    'user',
    'api_retry',
    'error_status',
    'retry_delay_ms',
    'tool_use',
    'tool_result',
    'tool_use_id',
    'is_error',
    'modelUsage',
    'permission_denials',
    'tool_input',
    'stop_reason',
    'refusal',
    'errors',
    'requires approval',
    '__proto__',
  ],
  codex: [
    ...SHARED,
    'thread.started',
    'thread_id',
    'item.started',
    'item.completed',
    'item',
    'file_change',
    'changes',
    'path',
    'command_execution',
    'command',
    'turn.failed',
    'turn.completed',
    'Reconnecting... 1/5 (x)',
    'declined',
    '{"error":1}',
    '__proto__',
  ],
  opencode: [
    ...SHARED,
    'step_finish',
    'part',
    'tokens',
    'cache',
    'read',
    'cost',
    'tool_use',
    'tool',
    'state',
    'sessionID',
    'data',
    'statusCode',
  ],
  gemini: [
    ...SHARED,
    'init',
    'tool_use',
    'tool_result',
    'tool_name',
    'parameters',
    'stats',
    'models',
    'role',
    'delta',
  ],
  pi: [
    ...SHARED,
    'message_end',
    'tool_execution_start',
    'toolName',
    'args',
    'stopReason',
    'errorMessage',
    'assistant',
    'role',
    'cost',
    'total',
    'session',
  ],
};
