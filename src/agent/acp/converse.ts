import type { Usage } from '../../events.ts';
import type { AgentFailure } from '../../plan/agent-failure.ts';
import type { Clock } from '../../system/ports.ts';
import { fieldAt, listAt, numberAt, textAt } from '../presets/json-fields.ts';
import { failureInWords } from './failure-in-words.ts';
import { type ClientContext, PROTOCOL_VERSION, RequestError } from './sdk.ts';
import type { UsageMeter } from './usage.ts';

export interface ConversationWish {
  readonly prompt: string;
  readonly worktree: string;
  /** To go on in; null: a new one. */
  readonly session: string | null;
  readonly mode: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
  readonly clock: Clock;
  readonly meter: UsageMeter;
  /** The prompt goes out now: what comes from here on is about it. */
  onPrompt(session: string): void;
}

/** How a turn was talked through. */
export interface Said {
  /** Null: it did not get that far, or cannot be gone on in. */
  readonly session: string | null;
  /** Null: the prompt was not answered. */
  readonly stop: string | null;
  readonly usage: Usage | null;
  readonly failure: AgentFailure | null;
}

/** For each answer before the prompt. A client that is started by `npx` may be downloaded first. */
const HANDSHAKE = 3 * 60_000;
const AUTH_REQUIRED = -32000;
/** claude-agent-acp says nothing of its retries otherwise; others leave alone what they do not know. */
const SAYS_IT_WAITS = {
  claudeCode: { emitRawSDKMessages: [{ type: 'system', subtype: 'api_retry' }] },
};

/** One turn in order: initialize, session, mode, prompt. Whatever the agent answers, it does not throw. */
export async function converse(agent: ClientContext, wish: ConversationWish): Promise<Said> {
  let session: string | null = null;
  let resumable = false;
  try {
    const hello = await within(wish, 'initialize', initialize(agent, wish));
    const version = numberAt(hello, 'protocolVersion');
    if (version !== PROTOCOL_VERSION)
      throw new Failure(
        'crashed',
        `it speaks version ${version ?? '?'} of the protocol, not ${PROTOCOL_VERSION}`,
      );
    resumable = canResume(hello) || canLoad(hello);
    const opened = await openSession(agent, wish, hello);
    session = opened.session;
    if (wish.mode !== null) await within(wish, 'session/set_mode', setMode(agent, opened, wish.mode));
    wish.meter.begin();
    wish.onPrompt(session);
    const prompt = [{ type: 'text' as const, text: wish.prompt.replaceAll('\0', '') }];
    const answer: unknown = await agent.request('session/prompt', { sessionId: session, prompt });
    const stop = textAt(answer, 'stopReason');
    return {
      session: resumable ? session : null,
      stop,
      usage: wish.meter.end(answer),
      failure: failureAt(stop),
    };
  } catch (error) {
    const failure = failureIn(error);
    const usage = session === null ? null : wish.meter.end(null);
    return { session: resumable ? session : null, stop: null, usage, failure };
  }
}

/** Why the agent cannot go on, as far as rota knows it itself. */
class Failure extends Error {
  readonly kind: AgentFailure['kind'];

  constructor(kind: AgentFailure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

function initialize(agent: ClientContext, { version }: ConversationWish): Promise<unknown> {
  return agent.request('initialize', {
    protocolVersion: PROTOCOL_VERSION,
    // Reading is not offered: nobody has an editor's unsaved text here, and gemini 0.61 takes the answer that a file is
    // missing for a failure, so that it could not make one.
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: true }, terminal: true },
    clientInfo: { name: 'rota', title: 'Rota', version },
  });
}

interface Opened {
  readonly session: string;
  /** The answer that opened it. */
  readonly answer: unknown;
}

async function openSession(agent: ClientContext, wish: ConversationWish, hello: unknown): Promise<Opened> {
  try {
    return await opening(agent, wish, hello);
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== AUTH_REQUIRED) throw error;
    await logIn(agent, wish, hello, error);
    return opening(agent, wish, hello);
  }
}

async function opening(agent: ClientContext, wish: ConversationWish, hello: unknown): Promise<Opened> {
  const place = { cwd: wish.worktree, mcpServers: [], _meta: SAYS_IT_WAITS };
  if (wish.session === null) {
    const answer: unknown = await within(wish, 'session/new', agent.request('session/new', place));
    const session = textAt(answer, 'sessionId');
    if (session === '') throw new Failure('crashed', 'it opened a session without a name');
    return { session, answer };
  }
  const method = canResume(hello) ? 'session/resume' : 'session/load';
  if (!canResume(hello) && !canLoad(hello))
    throw new Failure('session-lost', 'it cannot go on in an earlier session');
  try {
    const known = { ...place, sessionId: wish.session };
    return { session: wish.session, answer: await within(wish, method, agent.request(method, known)) };
  } catch (error) {
    if (!(error instanceof RequestError) || error.code === AUTH_REQUIRED) throw error;
    throw new Failure('session-lost', `it cannot go on in session ${wish.session}: ${wordsOf(error)}`);
  }
}

function canResume(hello: unknown): boolean {
  return isThere(fieldAt(hello, 'agentCapabilities', 'sessionCapabilities', 'resume'));
}

function canLoad(hello: unknown): boolean {
  return fieldAt(hello, 'agentCapabilities', 'loadSession') === true;
}

function isThere(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** By a key that is in its environment, for nobody is there to log in otherwise. */
async function logIn(
  agent: ClientContext,
  wish: ConversationWish,
  hello: unknown,
  error: RequestError,
): Promise<void> {
  const methods = listAt(hello, 'authMethods');
  const keyed = methods.find((method) => hasKey(method, wish.env));
  if (keyed === undefined) {
    const names = methods.map((method) => textAt(method, 'id')).filter((id) => id !== '');
    const ways = names.length === 0 ? '' : ` (it can be logged in by ${names.slice(0, 10).join(', ')})`;
    throw new Failure('not-logged-in', `${wordsOf(error)}${ways}`);
  }
  const methodId = textAt(keyed, 'id');
  await within(wish, 'authenticate', agent.request('authenticate', { methodId })).catch((refused) => {
    throw new Failure('not-logged-in', `${methodId}: ${wordsOf(refused)}`);
  });
}

/** `gemini-api-key` is GEMINI_API_KEY; a bare `api-key` may name its provider, and is any key else. */
function hasKey(method: unknown, env: Readonly<Record<string, string>>): boolean {
  const id = textAt(method, 'id').toUpperCase().replaceAll('-', '_');
  if (!/(?:^|_)API_KEY$/.test(id)) return false;
  const provider = textAt(method, '_meta', 'api-key', 'provider').toUpperCase();
  const names = [id, `${provider}_API_KEY`];
  return Object.entries(env).some(
    ([name, value]) =>
      value !== '' && (names.includes(name) || (id === 'API_KEY' && name.endsWith('_API_KEY'))),
  );
}

/** Older agents have modes, newer ones an option of the category `mode`. */
async function setMode(agent: ClientContext, { session, answer }: Opened, mode: string): Promise<unknown> {
  const modes = listAt(answer, 'modes', 'availableModes').map((one) => textAt(one, 'id'));
  if (modes.includes(mode)) return agent.request('session/set_mode', { sessionId: session, modeId: mode });
  const option = listAt(answer, 'configOptions').find((one) => textAt(one, 'category') === 'mode');
  const values = listAt(option, 'options').flatMap((one) => [one, ...listAt(one, 'options')]);
  const named = values.map((one) => textAt(one, 'value')).filter((value) => value !== '');
  if (named.includes(mode))
    return agent.request('session/set_config_option', {
      sessionId: session,
      configId: textAt(option, 'id'),
      value: mode,
    });
  const known = [...new Set([...modes, ...named])].slice(0, 20);
  const offers = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  throw new Failure('crashed', `there is no session mode ${mode} (rota.yaml): ${offers}`);
}

async function within<T>({ clock }: ConversationWish, method: string, answer: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = clock.wait(HANDSHAKE, answered.signal).then(() => {
    if (answered.signal.aborted) return new Promise<never>(() => undefined);
    throw new Failure('crashed', `it did not answer ${method} within ${HANDSHAKE / 60_000} minutes`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    answered.abort();
  }
}

function failureAt(stop: string): AgentFailure | null {
  const failure = (kind: AgentFailure['kind'], message: string) => ({ kind, message, retryAfter: null });
  switch (stop) {
    case 'refusal':
      return failure('refused', 'the model refuses to go on');
    case 'max_tokens':
      return failure('context-exhausted', 'the most tokens of a turn are reached');
    case 'max_turn_requests':
      return failure('context-exhausted', 'the most requests of a turn are reached');
    case 'end_turn':
    case 'cancelled':
      return null;
    default:
      return failure('crashed', `it stopped for a reason that is not known: ${stop.slice(0, 80)}`);
  }
}

function failureIn(error: unknown): AgentFailure {
  if (error instanceof Failure) return { kind: error.kind, message: error.message, retryAfter: null };
  const message = wordsOf(error);
  if (!(error instanceof RequestError)) return { kind: 'crashed', message, retryAfter: null };
  if (error.code === AUTH_REQUIRED) return { kind: 'not-logged-in', message, retryAfter: null };
  return failureInWords(message, statusOf(error)) ?? { kind: 'crashed', message, retryAfter: null };
}

/** Some agents (gemini) answer with the server's status instead of a number of the protocol. */
function statusOf({ code, data }: RequestError): number | null {
  if (code >= 400 && code < 600) return code;
  return numberAt(data, 'status') ?? numberAt(data, 'statusCode');
}

/** Most agents put the server's words into the data of an error. */
function wordsOf(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).replace(
    /^Internal error: (?=.)/,
    '',
  );
  const data = fieldAt(error, 'data');
  const more = typeof data === 'string' ? data : textAt(data, 'details') || textAt(data, 'message');
  return more === '' || message.includes(more) ? message : `${message}: ${more}`;
}
