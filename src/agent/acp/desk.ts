import type { AgentActivity } from '../../events.ts';
import {
  choosePermission,
  decidePermission,
  type PermissionAsked,
  type Place,
} from '../../plan/permission.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import { fieldAt, firstText, listAt, textAt } from '../presets/json-fields.ts';
import { placeOf } from './places.ts';
import {
  type ClientApp,
  client,
  RequestError,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
} from './sdk.ts';
import { openTerminals, type TerminalGround } from './terminals.ts';
import { type FileRefusal, readTextFile, writeTextFile } from './text-files.ts';
import { inputOf } from './updates.ts';

export interface DeskWish extends TerminalGround {
  mayEdit(path: string): boolean;
  tell(activity: AgentActivity): void;
  /** Resolves when the agent has taken the answer to its request. */
  answered(id: unknown): Promise<void>;
}

/** Where an agent asks: for permissions, files and terminals. */
export interface Desk {
  /** Answers what the agent asks, on the connection that it is given to. */
  readonly app: ClientApp;
  /** What was not permitted, each in a clause; untrusted. */
  readonly denied: readonly string[];
  /** From now on nothing is permitted any more. */
  cancel(): void;
  /** Ends its terminals, and what is still being written. */
  close(): Promise<void>;
}

/** Clauses that are kept. */
const MOST_DENIED = 100;

export function openDesk(system: System, wish: DeskWish): Desk {
  const { files } = system;
  const { ground, mayEdit, tell } = wish;
  const terminals = openTerminals(system, wish);
  const denied: string[] = [];
  const busy = new Set<Promise<unknown>>();
  let cancelled = false;

  function note(granted: boolean, detail: string): void {
    const plain = plainText(detail.slice(0, 2_000).replaceAll(`${ground.told.worktree}/`, '')).slice(0, 500);
    if (!granted && denied.length < MOST_DENIED) denied.push(plain);
    tell({ kind: 'permission', granted, detail: plain });
  }

  function refuse(what: string, path: string, { kind, reason }: FileRefusal): never {
    if (kind === 'denied') note(false, `${what} ${reason}`);
    // Clients know a file that is not there by these words (gemini) or their number.
    if (kind === 'missing') throw RequestError.resourceNotFound(path);
    throw new RequestError(-32602, `${what} refused: ${reason}`);
  }

  /** So that nothing is written after the end. */
  function during<T>(work: () => Promise<T>): Promise<T> {
    if (cancelled) throw new RequestError(-32602, 'the turn is over');
    const doing = work();
    busy.add(doing);
    const done = () => void busy.delete(doing);
    doing.then(done, done);
    return doing;
  }

  let line: Promise<unknown> = Promise.resolve();

  /** One after the other, and not before the answer before it was taken: who does not listen gets nothing more to hold. */
  function inTurn<T>(id: unknown, work: () => T | Promise<T>): Promise<T> {
    const mine = line.then(() => during(async () => work()));
    line = mine.then(
      () => wish.answered(id),
      () => undefined,
    );
    return mine;
  }

  async function permission(asked: RequestPermissionRequest): Promise<RequestPermissionResponse> {
    if (cancelled) return { outcome: { outcome: 'cancelled' } };
    const facts = await factsOf(asked.toolCall);
    const decision = decidePermission(facts, mayEdit);
    const what = [facts.kind, inputOf(asked.toolCall) || (asked.toolCall.title ?? '')].join(' ').trim();
    note(decision.granted, decision.granted ? what : `${what} (${decision.reason})`);
    const choice = choosePermission(decision.granted, asked.options);
    if (choice === null || cancelled) return { outcome: { outcome: 'cancelled' } };
    return { outcome: { outcome: 'selected', optionId: choice.optionId } };
  }

  async function factsOf(call: RequestPermissionRequest['toolCall']): Promise<PermissionAsked> {
    const paths: { asked: string; place: Place }[] = [];
    for (const asked of pathsOf(call)) paths.push({ asked, place: await placeOf(files, ground, asked) });
    return {
      kind: call.kind ?? 'other',
      changes: listAt(call, 'content').some((one) => textAt(one, 'type') === 'diff'),
      paths,
      command: commandOf(call),
    };
  }

  const app = client({ name: 'rota' })
    .onRequest('session/request_permission', ({ params }) => permission(params))
    .onRequest('fs/read_text_file', ({ params, requestId }) =>
      inTurn(requestId, async () => {
        const read = await readTextFile(files, ground, params);
        return read.kind === 'read' ? { content: read.text } : refuse('read', params.path, read);
      }),
    )
    .onRequest('fs/write_text_file', ({ params }) =>
      during(async () => {
        const written = await writeTextFile(files, ground, params, mayEdit);
        if (written.kind !== 'written') return refuse('write', params.path, written);
        tell({ kind: 'edit', path: params.path });
        return {};
      }),
    )
    .onRequest('terminal/create', ({ params }) =>
      during(async () => {
        const made = await terminals.create(params);
        const line = [params.command, ...(params.args ?? [])].join(' ');
        if (made.kind === 'created') {
          tell({ kind: 'tool', name: 'terminal', detail: line });
          return { terminalId: made.id };
        }
        if (made.kind === 'denied') note(false, `run ${line.slice(0, 200)} (${made.reason})`);
        throw new RequestError(-32602, `terminal refused: ${made.reason}`);
      }),
    )
    .onRequest('terminal/output', ({ params, requestId }) =>
      inTurn(requestId, () => known(terminals.output(params.terminalId))),
    )
    .onRequest('terminal/wait_for_exit', ({ params }) => known(terminals.exited(params.terminalId)))
    .onRequest('terminal/kill', async ({ params }) => {
      await known(terminals.kill(params.terminalId));
      return {};
    })
    .onRequest('terminal/release', async ({ params }) => {
      await known(terminals.release(params.terminalId));
      return {};
    });

  return {
    app,
    denied,
    cancel: () => {
      cancelled = true;
    },
    close: async () => {
      cancelled = true;
      await terminals.close();
      await Promise.allSettled(busy);
    },
  };
}

function known<T>(found: T | undefined): T {
  if (found === undefined) throw new RequestError(-32002, 'there is no such terminal');
  return found;
}

/** Every path that a call names: what it shows changes of, what it says it is about, what it is called with. */
function pathsOf(call: unknown): Set<string> {
  const input = fieldAt(call, 'rawInput');
  const paths = [
    ...listAt(call, 'content').map((one) => (textAt(one, 'type') === 'diff' ? textAt(one, 'path') : '')),
    ...listAt(call, 'locations').map((one) => textAt(one, 'path')),
    ...PATH_KEYS.map((key) => textAt(input, key)),
  ];
  return new Set(paths.filter((path) => path !== ''));
}

const PATH_KEYS = [
  ...['filePath', 'file_path', 'filepath', 'path', 'abs_path', 'absolute_path', 'notebook_path'],
  ...['old_path', 'new_path', 'source', 'destination', 'target_file', 'directory', 'dir_path', 'parentDir'],
];

function commandOf(call: unknown): string | readonly string[] | null {
  const input = fieldAt(call, 'rawInput');
  const argv = listAt(input, 'command').filter((word) => typeof word === 'string');
  if (argv.length > 0) return argv;
  const text = firstText(input, ['command', 'cmd', 'script']);
  if (text !== '') return text;
  return textAt(call, 'kind') === 'execute' ? textAt(call, 'title') || null : null;
}
