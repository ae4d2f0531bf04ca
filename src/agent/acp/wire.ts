import { fieldAt, textAt } from '../presets/json-fields.ts';
import { readLines } from '../presets/read-lines.ts';
import type { AnyMessage, Stream } from './sdk.ts';

/** Messages, one a line, over a program's stdin and stdout. */
export interface Wire {
  /** For the SDK. `session/update` is not in it: updates are told at once, in their order among the answers. */
  readonly stream: Stream;
  /** Resolves when the answer to a request has been taken by the program, or never will be. */
  answered(id: unknown): Promise<void>;
  /** A piece of the program's stdout. */
  add(chunk: Buffer): void;
  /** Nothing more comes. */
  end(): void;
}

export interface WireEnds {
  /** Resolves when it is on its way. */
  send(message: AnyMessage): Promise<void>;
  /** The params of a `session/update`, or of claude's own `_claude/sdkMessage`. Must not throw. */
  onUpdate(params: unknown): void;
  /** A line that is no message; untrusted. */
  onNoise(line: string): void;
  /** It cannot be talked to any more: why, one clause. Called once. */
  onBroken(reason: string): void;
}

/** What claude-agent-acp tells in claude's own words, where a session asked for it (converse.ts). */
const RAW_CLAUDE = '_claude/sdkMessage';
/** Of one message: file contents are in them. */
const LONGEST = 16 * 1024 * 1024;
/** Requests of the agent's that wait for their answer at the same time. */
const MOST_WAITING = 256;
/** Bytes of them together. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
/** Of what is no message, before the first one. */
const MOST_NOISE = 1024 * 1024;

/** A wire that holds whatever the other side does: what it keeps is bounded, and only what has a meaning reaches the SDK. */
export function openWire(ends: WireEnds): Wire {
  let over = false;
  let answered = false;
  let noise = 0;
  let unfinished = 0;
  const asked = new Set<unknown>();
  const waiting = new Map<
    unknown,
    { readonly bytes: number; readonly answered: Promise<void>; done(): void }
  >();
  let waitingBytes = 0;
  let incoming: ReadableStreamDefaultController<AnyMessage>;

  const readable = new ReadableStream<AnyMessage>({
    start: (controller) => {
      incoming = controller;
    },
    cancel: () => {
      over = true;
      for (const id of [...waiting.keys()]) settle(id);
    },
  });
  const writable = new WritableStream<AnyMessage>({
    write: async (message) => {
      if ('method' in message && 'id' in message) asked.add(message.id);
      await ends.send(message);
      if (!('method' in message)) settle(message.id);
    },
  });

  function settle(id: unknown): void {
    const one = waiting.get(id);
    waiting.delete(id);
    waitingBytes -= one?.bytes ?? 0;
    one?.done();
  }

  function hold(id: unknown, bytes: number): void {
    let done: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      done = resolve;
    });
    waiting.set(id, { bytes, answered, done });
    waitingBytes += bytes;
  }

  function stop(reason: string | null): void {
    if (over) return;
    over = true;
    for (const id of [...waiting.keys()]) settle(id);
    if (reason === null) incoming.close();
    else incoming.error(new Error(reason));
    if (reason !== null) ends.onBroken(reason);
  }

  function see(line: string): void {
    if (over || line.trim() === '') return;
    const message = messageOf(line);
    if (message === null) {
      noise += line.length;
      ends.onNoise(line);
      if (!answered && noise > MOST_NOISE) stop('it does not speak the Agent Client Protocol');
      return;
    }
    answered = true;
    const method = textAt(message, 'method');
    const id = fieldAt(message, 'id');
    if (method === '') {
      // An answer to what was never asked, or was answered already, is nothing.
      if (asked.delete(id)) incoming.enqueue(message);
    } else if (id === undefined) {
      if (method === 'session/update' || method === RAW_CLAUDE) ends.onUpdate(fieldAt(message, 'params'));
      else if (method === '$/cancel_request') incoming.enqueue(message);
    } else if (waiting.has(id)) stop(`it asked twice under the number ${String(id).slice(0, 40)}`);
    else if (waiting.size >= MOST_WAITING) stop(`it asked more than ${MOST_WAITING} things at once`);
    else if (waitingBytes > MOST_WAITING_BYTES) stop('it asked for too much at once');
    else {
      hold(id, line.length);
      incoming.enqueue(message);
    }
  }

  const lines = readLines({ line: see, dropped: () => undefined }, LONGEST);
  return {
    stream: { readable, writable },
    answered: (id) => waiting.get(id)?.answered ?? Promise.resolve(),
    add: (chunk) => {
      if (over) return;
      const newline = chunk.lastIndexOf(0x0a);
      unfinished = newline === -1 ? unfinished + chunk.length : chunk.length - newline - 1;
      lines.add(chunk);
      if (unfinished > LONGEST) stop(`it sent a message of more than ${LONGEST / 1024 / 1024} MiB`);
    },
    end: () => {
      lines.end();
      stop(null);
    },
  };
}

/** Null: no message of JSON-RPC. */
function messageOf(line: string): AnyMessage | null {
  if (!line.trimStart().startsWith('{')) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (textAt(value, 'jsonrpc') !== '2.0') return null;
  const id = fieldAt(value, 'id');
  const named = id === null || typeof id === 'string' || typeof id === 'number';
  const asks = textAt(value, 'method') !== '';
  return (asks && id === undefined) || named ? (value as AnyMessage) : null;
}
