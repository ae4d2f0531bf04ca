#!/usr/bin/env node
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { agent, ndJsonStream, RequestError } from '@agentclientprotocol/sdk';

/**
 * An agent of the Agent Client Protocol that does what a file says: `node acp-agent.mjs SCRIPT.json`. What it was asked and
 * answered goes to SCRIPT.json.heard, one JSON value a line; `{"turns": [[step, …], …]}` are its turns over all its starts,
 * `$W` in it is the folder that it is started in.
 */
const file = process.argv[2];
const script = JSON.parse(readFileSync(file, 'utf8').replaceAll('$W', process.cwd()));
const turnsFile = `${file}.turns`;
const heard = (what) => appendFileSync(`${file}.heard`, `${JSON.stringify(what)}\n`);
const there = (path) =>
  new Promise((done) => {
    const look = () => (existsSync(path) ? done() : setTimeout(look, 10));
    look();
  });
const forEver = () => new Promise(() => setInterval(() => undefined, 1000));
const print = (text) => new Promise((done) => process.stdout.write(text, done));

if (script.before !== undefined) for (const step of script.before) await early(step);
let cancel = () => undefined;
const cancelled = new Promise((done) => {
  cancel = done;
});
let authenticated = false;

const app = agent({ name: 'scripted' })
  .onRequest('initialize', async ({ params }) => {
    heard({ initialize: params });
    if (script.silent === 'initialize') await forEver();
    return {
      protocolVersion: script.protocolVersion ?? 1,
      agentCapabilities: script.capabilities ?? {},
      authMethods: script.authMethods ?? [],
    };
  })
  .onRequest('authenticate', ({ params }) => {
    heard({ authenticate: params });
    if (script.authenticates === false) throw RequestError.authRequired(undefined, 'the key is wrong');
    authenticated = true;
    return {};
  })
  .onRequest('session/new', ({ params }) => {
    heard({ new: params });
    if (script.needsLogin && !authenticated) throw RequestError.authRequired();
    return { sessionId: 'session-1', ...script.session };
  })
  .onRequest('session/load', async ({ params, client }) => {
    heard({ load: params });
    if (script.lost) throw RequestError.sessionNotFound(params.sessionId);
    for (const update of script.replay ?? []) await tell(client, params.sessionId, update);
    return { ...script.session };
  })
  .onRequest('session/resume', ({ params }) => {
    heard({ resume: params });
    if (script.lost) throw RequestError.sessionNotFound(params.sessionId);
    return { ...script.session };
  })
  .onRequest('session/set_mode', ({ params }) => {
    heard({ mode: params });
    return {};
  })
  .onRequest('session/set_config_option', ({ params }) => {
    heard({ option: params });
    return { configOptions: [] };
  })
  .onNotification('session/cancel', ({ params }) => {
    heard({ cancel: params });
    cancel();
  })
  .onRequest('session/prompt', async ({ params, client }) => {
    heard({ prompt: params });
    appendFileSync(turnsFile, '.');
    const turn = readFileSync(turnsFile, 'utf8').length;
    let answer = { stopReason: 'end_turn' };
    for (const step of script.turns?.[turn - 1] ?? []) {
      const [[verb, what]] = Object.entries(step);
      const ended = await verbs[verb](what, client, params.sessionId);
      if (ended !== undefined) answer = ended;
    }
    return answer;
  });

const tell = (client, sessionId, update) => client.notify('session/update', { sessionId, update });

/** Asks, and notes the answer whatever it is. */
async function ask(client, method, params) {
  try {
    const answer = await client.request(method, params);
    heard({ asked: method, answer });
    return answer;
  } catch (error) {
    heard({ asked: method, refused: { code: error.code, message: error.message } });
    return null;
  }
}

const verbs = {
  update: (update, client, sessionId) => void tell(client, sessionId, update),
  say: (text, client, sessionId) =>
    void tell(client, sessionId, { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }),
  permission: async ({ options, ...toolCall }, client, sessionId) => {
    const offered = options ?? ['allow_always', 'allow_once', 'reject_always', 'reject_once'];
    await ask(client, 'session/request_permission', {
      sessionId,
      toolCall: { toolCallId: 'call', ...toolCall },
      options: offered.map((kind) => ({ optionId: `id-${kind}`, name: kind, kind })),
    });
  },
  read: async (params, client, sessionId) =>
    void (await ask(client, 'fs/read_text_file', { sessionId, ...params })),
  write: async (params, client, sessionId) =>
    void (await ask(client, 'fs/write_text_file', { sessionId, ...params })),
  result: async (content, client, sessionId) =>
    void (await ask(client, 'fs/write_text_file', { sessionId, path: process.env.ROTA_RESULT, content })),
  ask: async ({ method, ...params }, client, sessionId) =>
    void (await ask(client, method, { sessionId, ...params })),
  /** Runs it to its end, notes exit and output, and lets it go. */
  terminal: async (params, client, sessionId) => {
    const made = await ask(client, 'terminal/create', { sessionId, ...params });
    if (made === null) return;
    const one = { sessionId, terminalId: made.terminalId };
    await ask(client, 'terminal/wait_for_exit', one);
    await ask(client, 'terminal/output', one);
    await ask(client, 'terminal/release', one);
  },
  /** Does not wait for its end. */
  start: async (params, client, sessionId) =>
    void (await ask(client, 'terminal/create', { sessionId, ...params })),
  many: async ({ count, method, ...params }, client, sessionId) => {
    await Promise.all(Array.from({ length: count }, () => ask(client, method, { sessionId, ...params })));
  },
  flood: async ({ count, size }) => {
    const update = {
      sessionUpdate: 'agent_message_chunk',
      content: { type: 'text', text: 'x'.repeat(size) },
    };
    const params = { sessionId: 'session-1', update };
    const line = `${JSON.stringify({ jsonrpc: '2.0', method: 'session/update', params })}\n`;
    for (let n = 0; n < count; n += 100) await print(line.repeat(100));
  },
  line: async (bytes) => {
    const piece = 'x'.repeat(1024 * 1024);
    await print('{"jsonrpc":"2.0","method":"session/update","params":"');
    for (let left = bytes; left > 0; left -= piece.length) await print(piece.slice(0, left));
    await print('"}\n');
  },
  raw: async (text) => void (await print(text)),
  stderr: (text) => void process.stderr.write(text),
  sh: (text) => void execFileSync('sh', ['-c', text], { stdio: ['ignore', 'ignore', 'inherit'] }),
  file: ({ path, text }) => void writeFileSync(path, text),
  pause: async (name) => {
    writeFileSync(`${file}.reached-${name}`, '');
    await there(`${file}.go-${name}`);
  },
  untilCancelled: async () => {
    await cancelled;
    return { stopReason: 'cancelled' };
  },
  cancelled: () => cancelled,
  hang: forEver,
  exit: (code) => process.exit(code),
  fail: ({ code, message, data }) => {
    throw new RequestError(code, message, data);
  },
  stop: (answer) => (typeof answer === 'string' ? { stopReason: answer } : answer),
};

/** Before it speaks at all. */
async function early(step) {
  const [[verb, what]] = Object.entries(step);
  await verbs[verb](what);
}

app.connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));
process.stdin.on('end', () => process.exit(0));
