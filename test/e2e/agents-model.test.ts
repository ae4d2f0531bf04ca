import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { FaultKind } from '../agents/model/fault.ts';
import { type ModelServer, modelServer } from '../agents/model/model-server.ts';
import type { ModelTurn } from '../agents/model/model-turn.ts';
import { until } from '../support/until.ts';

/** The scripted model that real clients talk to in `npm run test:agents`: it must speak as the real servers do. */
const open: ModelServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function served(script: readonly ModelTurn[], kind: FaultKind | null = null, more = {}) {
  const fault =
    kind === null ? null : { kind, after: 0, times: Number.POSITIVE_INFINITY, retryAfter: 7, ...more };
  const server = await modelServer({ script, fault });
  open.push(server);
  return server;
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The connection was lost before the end. */
  readonly cut: boolean;
}

function post(server: ModelServer, path: string, body: object | string): Promise<Answered> {
  return new Promise((done, failed) => {
    const sent = request(`${server.url}${path}`, { method: 'POST' }, (response) => {
      let text = '';
      const end = (cut: boolean) =>
        done({ status: response.statusCode ?? 0, headers: response.headers, text, cut });
      response.on('data', (piece) => (text += piece));
      response.on('end', () => end(false));
      response.on('error', () => end(true));
    });
    sent.on('error', failed);
    sent.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** The events of a stream, as data. */
// biome-ignore lint/suspicious/noExplicitAny: other people's JSON, looked into freely
function events(text: string): any[] {
  const blocks = text.split('\n\n').filter((block) => block !== '');
  return blocks.map((block) => {
    const data = /^data: (.*)$/m.exec(block)?.[1] ?? 'null';
    const name = /^event: (.*)$/m.exec(block)?.[1];
    const value = data === '[DONE]' ? data : JSON.parse(data);
    // Clients go by the one or by the other.
    if (name !== undefined) expect(value.type).toBe(name);
    return value;
  });
}

const BASH = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] };

/** How each format asks with a shell among its tools. */
const FORMATS = {
  anthropic: {
    path: () => '/v1/messages?beta=true',
    body: (stream: boolean) => ({
      ...{ model: 'claude-x', stream, max_tokens: 100, messages: [{ role: 'user', content: 'do it' }] },
      tools: [{ name: 'Bash', input_schema: BASH }],
    }),
  },
  responses: {
    path: () => '/v1/responses',
    body: (stream: boolean) => ({
      ...{ model: 'gpt-x', stream, input: [{ type: 'message', role: 'user', content: [] }] },
      tools: [{ type: 'function', name: 'shell_command', parameters: BASH }],
    }),
  },
  chat: {
    path: () => '/v1/chat/completions',
    body: (stream: boolean) => ({
      ...{ model: 'x', stream, messages: [{ role: 'user', content: 'do it' }] },
      tools: [{ type: 'function', function: { name: 'bash', parameters: BASH } }],
    }),
  },
  gemini: {
    path: (stream: boolean) =>
      `/v1beta/models/gemini-x:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: () => ({
      contents: [{ role: 'user', parts: [{ text: 'do it' }] }],
      tools: [{ functionDeclarations: [{ name: 'run_shell_command', parametersJsonSchema: BASH }] }],
    }),
  },
} as const;
type Format = keyof typeof FORMATS;
const NAMES = Object.keys(FORMATS) as Format[];

function ask(server: ModelServer, format: Format, stream: boolean): Promise<Answered> {
  const { path, body } = FORMATS[format];
  return post(server, path(stream), body(stream));
}

/** What a client would take from an answer: the call or the words, and the usage. */
function taken(format: Format, stream: boolean, text: string) {
  const all = stream ? events(text) : [JSON.parse(text)];
  return READERS[format](all, stream);
}

interface Taken {
  readonly call: { name: string; input: unknown } | null;
  readonly words: string;
  readonly usage: { input: number; cached: number; output: number };
}

// biome-ignore lint/suspicious/noExplicitAny: other people's JSON, looked into freely
const READERS: Record<Format, (all: any[], stream: boolean) => Taken> = {
  anthropic: (all, stream) => {
    const message = stream ? all.find(({ type }) => type === 'message_start').message : all[0];
    const block = stream
      ? all.find(({ type }) => type === 'content_block_start').content_block
      : message.content[0];
    const deltas = all.filter(({ type }) => type === 'content_block_delta').map(({ delta }) => delta);
    const usage = stream ? all.find(({ type }) => type === 'message_delta').usage : message.usage;
    if (stream) expect(all.at(-1).type).toBe('message_stop');
    const input = stream
      ? JSON.parse(deltas.map((delta) => delta.partial_json ?? '').join('') || '{}')
      : block.input;
    return {
      call: block.type === 'tool_use' ? { name: block.name, input } : null,
      words: stream ? deltas.map((delta) => delta.text ?? '').join('') : (block.text ?? ''),
      usage: {
        input: usage.input_tokens + usage.cache_read_input_tokens,
        cached: usage.cache_read_input_tokens,
        output: usage.output_tokens,
      },
    };
  },
  responses: (all, stream) => {
    if (stream) expect(all[0].type).toBe('response.created');
    const whole = stream ? all.at(-1).response : all[0];
    if (stream) {
      expect(all.at(-1).type).toBe('response.completed');
      expect(all.find(({ type }) => type === 'response.output_item.done').item).toEqual(whole.output[0]);
    }
    const [item] = whole.output;
    return {
      call: item.type === 'function_call' ? { name: item.name, input: JSON.parse(item.arguments) } : null,
      words: item.content?.[0].text ?? '',
      usage: {
        input: whole.usage.input_tokens,
        cached: whole.usage.input_tokens_details.cached_tokens,
        output: whole.usage.output_tokens,
      },
    };
  },
  chat: (all, stream) => {
    if (stream) expect(all.pop()).toBe('[DONE]');
    const said = all.flatMap(({ choices }) => choices).map((choice) => choice.delta ?? choice.message);
    const call = said.flatMap((one) => one.tool_calls ?? [])[0]?.function;
    const { usage } = all.at(-1);
    return {
      call: call === undefined ? null : { name: call.name, input: JSON.parse(call.arguments) },
      words: said.map((one) => one.content ?? '').join(''),
      usage: {
        input: usage.prompt_tokens,
        cached: usage.prompt_tokens_details.cached_tokens,
        output: usage.completion_tokens,
      },
    };
  },
  gemini: (all) => {
    const parts = all.flatMap(({ candidates }) => candidates).flatMap(({ content }) => content.parts);
    const call = parts.find((part) => part.functionCall !== undefined)?.functionCall;
    const usage = all.at(-1).usageMetadata;
    return {
      call: call === undefined ? null : { name: call.name, input: call.args },
      words: parts.map((part) => part.text ?? '').join(''),
      usage: {
        input: usage.promptTokenCount,
        cached: usage.cachedContentTokenCount,
        output: usage.candidatesTokenCount,
      },
    };
  },
};

describe.each(NAMES)('%s', (format) => {
  test.each([true, false])('follows its script and counts what it told, stream: %s', async (stream) => {
    const server = await served([{ shell: 'npm test' }, { say: 'Done.' }]);
    const first = taken(format, stream, (await ask(server, format, stream)).text);
    const second = taken(format, stream, (await ask(server, format, stream)).text);
    expect(first.call?.input).toEqual({ command: 'npm test' });
    expect(second).toMatchObject({ call: null, words: 'Done.' });
    const sum = (key: keyof Taken['usage']) => first.usage[key] + second.usage[key];
    expect(server.told().work).toEqual({ input: sum('input'), cached: sum('cached'), output: sum('output') });
    expect(first.usage.input).not.toBe(second.usage.input);
    expect(server.requests).toMatchObject([
      { wire: format, work: true, status: 200 },
      { wire: format, work: true, status: 200 },
    ]);
  });

  test('the last answers to each prompt are summed by themselves', async () => {
    const server = await served([{ shell: 'npm test' }, { say: 'One.' }, { shell: 'ls' }, { say: 'Two.' }]);
    const told: Taken['usage'][] = [];
    for (let n = 0; n < 4; n++)
      told.push(taken(format, false, (await ask(server, format, false)).text).usage);
    expect(server.told().last).toEqual({
      input: told[1]!.input + told[3]!.input,
      cached: told[1]!.cached + told[3]!.cached,
      output: told[1]!.output + told[3]!.output,
    });
  });

  test('a request without tools is aside: it takes nothing from the script', async () => {
    const server = await served([{ say: 'Done.' }]);
    const { path, body } = FORMATS[format];
    await post(server, path(false), { ...body(false), tools: [] });
    expect(server.told()).toMatchObject({ work: { input: 0 }, aside: { input: 1017 } });
    expect(taken(format, false, (await ask(server, format, false)).text).words).toBe('Done.');
  });

  test.each([
    ['unauthorized', 401],
    ['credit', format === 'anthropic' ? 400 : 429],
    ['rate-limit', 429],
    ['server-error', 500],
    ['context', 400],
  ] as const)('%s is %i, and JSON with a message', async (kind, status) => {
    const answered = await ask(await served([], kind), format, true);
    expect(answered.status).toBe(status);
    expect(JSON.parse(answered.text).error.message).toMatch(/\w+ \w+/);
    if (kind === 'rate-limit' && format !== 'gemini') expect(answered.headers['retry-after']).toBe('7');
    if (kind === 'rate-limit' && format === 'gemini') expect(answered.text).toContain('"retryDelay":"7s"');
  });

  test.each([true, false])('a dropped answer is cut, and nothing was told, stream: %s', async (stream) => {
    const server = await served([{ say: 'Done.' }], 'drop', { times: 1 });
    const answered = await ask(server, format, stream).catch(() => null);
    expect(answered === null || answered.cut).toBe(true);
    expect(server.told().work.input).toBe(0);
    // The script is where it was.
    expect(taken(format, stream, (await ask(server, format, stream)).text).words).toBe('Done.');
  });

  test('silence takes the request and never answers', async () => {
    const server = await served([], 'silence');
    let answered = false;
    void ask(server, format, true).then(
      () => (answered = true),
      () => undefined,
    );
    await until(() => server.requests.length === 1, 'the request did not arrive');
    expect(answered).toBe(false);
  });

  test('a loop is another call each time', async () => {
    const server = await served([{ say: 'Done.' }], 'loop');
    const calls = [await ask(server, format, true), await ask(server, format, true)].map(
      ({ text }) => taken(format, true, text).call?.input,
    );
    expect(calls).toEqual([{ command: 'echo round 1' }, { command: 'echo round 2' }]);
  });

  test('a refusal says so in the words of the format', async () => {
    const { text } = await ask(await served([], 'refusal'), format, false);
    expect(text).toMatch(/"stop_reason":"refusal"|"type":"refusal"|"content_filter"|"finishReason":"SAFETY"/);
  });
});

describe('tools', () => {
  const tools = (...offered: object[]) => ({ model: 'x', messages: [], tools: offered });

  test('a file is written with the tool for it, from where the client works', async () => {
    const server = await served([{ shell: 'echo FOLDER=$PWD' }, { write: 'a/b.txt', text: 'hi\n' }]);
    const write = { properties: { filePath: { type: 'string' }, content: { type: 'string' } } };
    const body = tools({ name: 'bash', input_schema: BASH }, { name: 'write', input_schema: write });
    await post(server, '/v1/messages', body);
    const heard = {
      ...body,
      messages: [{ role: 'user', content: [{ type: 'tool_result', content: 'FOLDER=/x/y\n' }] }],
    };
    const { text } = await post(server, '/v1/messages', heard);
    expect(JSON.parse(text).content[0]).toMatchObject({
      name: 'write',
      input: { filePath: '/x/y/a/b.txt', content: 'hi\n' },
    });
  });

  test("codex's tool of tools gets a program, by its group", async () => {
    const server = await served([{ shell: 'ls "a b"' }, { write: 'b.txt', text: 'hi\n' }]);
    const group = { type: 'namespace', name: 'functions', tools: [{ type: 'custom', name: 'exec' }] };
    const body = { model: 'x', input: [{ type: 'additional_tools', tools: [group] }] };
    const [shell, write] = [
      await post(server, '/v1/responses', body),
      await post(server, '/v1/responses', body),
    ].map(({ text }) => JSON.parse(text).output[0]);
    expect(shell).toMatchObject({ type: 'custom_tool_call', name: 'exec', namespace: 'functions' });
    expect(shell.input).toContain(JSON.stringify({ cmd: 'ls "a b"', login: false }));
    expect(write.input).toContain('*** Add File: b.txt\\n+hi\\n');
  });

  test('keys that the client insists on are filled in, and a list of arguments is one', async () => {
    const server = await served([{ shell: 'ls' }]);
    const schema = {
      properties: {
        command: { type: 'array' },
        description: { type: 'string' },
        timeout: { type: 'number' },
      },
      required: ['command', 'description'],
    };
    const { text } = await post(server, '/v1/messages', tools({ name: 'shell', input_schema: schema }));
    expect(JSON.parse(text).content[0].input).toEqual({
      command: ['bash', '-lc', 'ls'],
      description: 'as scripted',
    });
  });

  test('an answer in a schema is the least that fits it', async () => {
    const server = await served([]);
    const schema = {
      type: 'OBJECT',
      properties: {
        reasoning: { type: 'STRING' },
        next_speaker: { type: 'STRING', enum: ['model', 'user'] },
        more: { type: 'ARRAY' },
      },
      required: ['reasoning', 'next_speaker'],
    };
    const body = { contents: [], generationConfig: { responseJsonSchema: schema } };
    const { text } = await post(server, '/v1beta/models/g:generateContent', body);
    expect(JSON.parse(JSON.parse(text).candidates[0].content.parts[0].text)).toEqual({
      reasoning: 'as scripted',
      next_speaker: 'user',
    });
  });
});

describe('the server', () => {
  test('begins to fail after so many good answers, and is well again after so many bad ones', async () => {
    const server = await served([{ shell: 'a' }, { shell: 'b' }, { say: 'c' }], 'server-error', {
      after: 1,
      times: 2,
    });
    const statuses = [];
    for (let at = 0; at < 5; at++) statuses.push((await ask(server, 'chat', false)).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
  });

  test('knows a conversation that goes on from a new one', async () => {
    const server = await served([{ say: 'The first end.' }, { say: 'The second end.' }]);
    const body = FORMATS.chat.body(false);
    await post(server, '/v1/chat/completions', body);
    await post(server, '/v1/chat/completions', body);
    const messages = [...body.messages, { role: 'assistant', content: 'The first end.' }];
    await post(server, '/v1/chat/completions', { ...body, messages });
    expect(server.requests.map(({ remembers }) => remembers)).toEqual([false, false, true]);
  });

  test('calls back before each of its answers to work', async () => {
    const turns: number[] = [];
    const server = await modelServer({ script: [], onTurn: (turn) => void turns.push(turn) });
    open.push(server);
    await ask(server, 'anthropic', true);
    await ask(server, 'anthropic', true);
    expect(turns).toEqual([0, 1]);
  });

  test('says what it does not know, and survives what is no JSON', async () => {
    const server = await served([{ say: 'Done.' }]);
    expect((await post(server, '/v1/nothing', {})).status).toBe(404);
    expect((await post(server, '/v1/messages', '{')).status).toBe(500);
    expect((await post(server, '/v1/messages/count_tokens', {})).text).toBe('{"input_tokens":100}');
    expect((await ask(server, 'chat', false)).status).toBe(200);
  });
});
