import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addTokens } from './add-tokens.ts';
import { anthropic } from './anthropic.ts';
import { chat } from './chat.ts';
import { answerOf, isWork, minimalJson } from './choose-tool.ts';
import { errorOf, type Fault } from './fault.ts';
import { gemini } from './gemini.ts';
import type { ModelAnswer, ModelRequest, ModelTurn, ModelUsage } from './model-turn.ts';
import { responses } from './responses.ts';
import type { Body, Wire, WireAnswer } from './wire.ts';

export interface ModelServerWish {
  /** What the model says to the client's own work, one item an answer, over all prompts; then it has nothing more to say. */
  readonly script: readonly ModelTurn[];
  readonly fault?: Fault | null;
  readonly port?: number;
  /** Every request and answer is added to this file. */
  readonly record?: string;
  /** Called before the client's work gets its n-th good answer, counted from 0: to do something to it half-way. */
  onTurn?(turn: number): Promise<void> | void;
}

export interface ModelServer {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** What it told the client that its answers cost: those to its own work, the rest (titles, routing), the last ones to each prompt. */
  told(): { readonly work: ModelUsage; readonly aside: ModelUsage; readonly last: ModelUsage };
  close(): Promise<void>;
}

export interface SeenRequest {
  readonly path: string;
  /** Null: no format that the server knows. */
  readonly wire: string | null;
  /** Whether the client offers tools, so that it is the agent at work; else a title, a route, a summary. */
  readonly work: boolean;
  /** Whether the conversation has the end of an answer to an earlier prompt: it goes on in one session. */
  readonly remembers: boolean;
  /** 0: the connection was cut, or there was no answer. */
  readonly status: number;
}

const WIRES: readonly Wire[] = [anthropic, responses, chat, gemini];

/** Ample for what clients send; a prompt of theirs is some 100 KB. */
const LARGEST = 32 * 1024 * 1024;

/** A model on loopback that says what it was told to say, in whichever format it is asked. */
export async function modelServer(wish: ModelServerWish): Promise<ModelServer> {
  const state: State = {
    wish,
    next: 0,
    answered: 0,
    faulty: 0,
    folder: '.',
    said: [],
    requests: [],
    work: NOTHING,
    aside: NOTHING,
    last: NOTHING,
    ends: NOTHING,
    over: false,
  };
  const server = createServer((request, response) => {
    respond(state, request, response).catch((error: unknown) => {
      record(state, { failed: String(error) });
      if (!response.headersSent) response.writeHead(500, JSON_TYPE);
      response.end(JSON.stringify({ error: { message: `the scripted model failed: ${String(error)}` } }));
    });
  });
  await new Promise<void>((ready) => server.listen(wish.port ?? 0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: state.requests,
    told: () => ({ work: state.work, aside: state.aside, last: addTokens(state.ends, state.last) }),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const NOTHING: ModelUsage = { input: 0, cached: 0, output: 0 };
const JSON_TYPE = { 'content-type': 'application/json' };

interface State {
  readonly wish: ModelServerWish;
  /** Of the script. */
  next: number;
  /** Good answers to the client's work. */
  answered: number;
  faulty: number;
  /** Where the client works, as its tools said (`FOLDER=/…`). */
  folder: string;
  /** The ends of its answers to prompts. */
  readonly said: string[];
  readonly requests: SeenRequest[];
  work: ModelUsage;
  aside: ModelUsage;
  last: ModelUsage;
  /** The last answers to earlier prompts. */
  ends: ModelUsage;
  /** Its last answer was the end of one to a prompt. */
  over: boolean;
}

async function respond(state: State, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (incoming.url ?? '/').split('?')[0]!;
  const text = await bodyOf(incoming);
  const body: Body = text === '' ? {} : JSON.parse(text);
  const found = incoming.method === 'POST' ? asked(path, body) : null;
  if (found === null) return small(state, path, incoming.method ?? '', response);
  const { wire, request } = found;
  const work = isWork(request.tools);
  const remembers = state.said.some((words) => text.includes(words));
  const see = (status: number) =>
    void state.requests.push({ path, wire: wire.name, work, remembers, status });
  record(state, { path, headers: incoming.headers, body });
  const folder = /FOLDER=(\/[^\s"'\\]+)/.exec(request.last)?.[1];
  if (folder !== undefined) state.folder = folder;

  if (work) await state.wish.onTurn?.(state.answered);
  const fault = faultNow(state, work);
  if (fault !== null) state.faulty += 1;
  const error = fault === null ? null : errorOf(fault.kind);
  if (error !== null) {
    const answer = wire.error(error, fault!.retryAfter);
    see(answer.status);
    record(state, { answer });
    return sendJson(response, answer);
  }
  if (fault?.kind === 'silence') return see(0);
  const answer = fault === null ? next(state, request, work) : misbehave(fault, request, state.faulty);
  const usage = count(state, work);
  const id = `${state.requests.length + 1}`.padStart(6, '0');
  record(state, { answer, usage });
  if (fault?.kind !== 'drop') {
    see(200);
    tell(state, work, usage, answer.kind !== 'call');
  } else see(0);
  if (!request.stream) {
    if (fault?.kind === 'drop') return void response.destroy();
    return sendJson(response, { status: 200, json: wire.answer(answer, usage, id, request.model) });
  }
  const events = wire.events(answer, usage, id, request.model);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  if (fault?.kind !== 'drop') return void response.end(events.join(''));
  // What is written is really on its way before the line is cut.
  const half = events.join('').slice(0, Math.ceil(events.join('').length / 2));
  response.write(half, () => response.destroy());
}

function asked(path: string, body: Body): { wire: Wire; request: ModelRequest } | null {
  for (const wire of WIRES) {
    const request = wire.read(path, body);
    if (request !== null) return { wire, request };
  }
  return null;
}

function faultNow({ wish, answered, faulty }: State, work: boolean): Fault | null {
  const { fault = null } = wish;
  if (fault === null || answered < fault.after || faulty >= fault.times) return null;
  // Only the agent's own work loops or is refused; a server that is down is down for everybody.
  return work || errorOf(fault.kind) !== null || fault.kind === 'silence' ? fault : null;
}

function next(state: State, request: ModelRequest, work: boolean): ModelAnswer {
  if (!work) {
    const text = request.schema === null ? 'A scripted answer' : JSON.stringify(minimalJson(request.schema));
    return { kind: 'text', text };
  }
  const turn = state.wish.script[state.next] ?? { say: 'There is nothing more to do.' };
  state.next += 1;
  if ('say' in turn) state.said.push(turn.say);
  return answerOf(turn, request.tools, state.folder);
}

function misbehave(fault: Fault, request: ModelRequest, times: number): ModelAnswer {
  if (fault.kind === 'refusal')
    return { kind: 'refusal', text: 'I cannot help with that request: it violates the usage policy.' };
  // Each call is another one: clients notice when the very same call comes again and again.
  return answerOf({ shell: `echo round ${times}` }, request.tools, '.');
}

/** Different numbers for every answer, so that a sum is right only if every answer was counted once. */
function count(state: State, work: boolean): ModelUsage {
  if (work) state.answered += 1;
  const n = state.requests.length + 1;
  return { input: 1_000 + 17 * n, cached: 300 + 5 * n, output: 40 + 3 * n };
}

function tell(state: State, work: boolean, usage: ModelUsage, over: boolean): void {
  const key = work ? 'work' : 'aside';
  state[key] = addTokens(state[key], usage);
  if (!work) return;
  if (state.over) state.ends = addTokens(state.ends, state.last);
  state.last = usage;
  state.over = over;
}

/** What clients ask beside answers: token counts, lists of models, whether anybody is there. */
function small(state: State, path: string, method: string, response: ServerResponse): void {
  const known = path.endsWith('count_tokens')
    ? { input_tokens: 100 }
    : path.endsWith(':countTokens')
      ? { totalTokens: 100 }
      : path.endsWith('/models')
        ? { object: 'list', data: [], models: [] }
        : null;
  const status = known === null && method !== 'HEAD' ? 404 : 200;
  state.requests.push({ path, wire: null, work: false, remembers: false, status });
  record(state, { method, path, status });
  sendJson(response, {
    status,
    json: known ?? { error: { message: `nothing at ${path}`, type: 'not_found' } },
  });
}

function sendJson(response: ServerResponse, { status, headers = {}, json }: WireAnswer): void {
  response.writeHead(status, { ...JSON_TYPE, ...headers });
  response.end(JSON.stringify(json));
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST) throw new Error(`a request of over ${LARGEST} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function record({ wish }: State, what: object): void {
  if (wish.record !== undefined) appendFileSync(wish.record, `${JSON.stringify(what)}\n`);
}
