import { createHash, randomUUID } from 'node:crypto';
import type { HeldRecord, TaskRecord } from '../../src/plan/record.ts';
import { decodeRecord } from '../../src/store/records/decode.ts';
import { encodeRecord } from '../../src/store/records/encode.ts';
import type { RecordStore } from '../../src/store/records/record-store.ts';
import { taskRef } from '../../src/store/records/task-ref.ts';
import { viewOf } from '../../src/store/refs/shared-names.ts';
import type { RefChange, SharedRefs, SharedView, SwapResult } from '../../src/store/shared-refs.ts';
import { parseTaskId } from '../../src/task/id.ts';
import type { TaskKey } from '../../src/task/task.ts';

interface MemoryObject {
  readonly parents: readonly string[];
  readonly text: string | null;
}

/** Shared refs and the records behind them without git: what the contract test asks of all backends, in one process. */
export interface MemoryRefs {
  /** Every ref, whoever made it. */
  readonly named: Map<string, string>;
  readonly records: RecordStore;
  /** A door of one machine: each has its own last view, as each clone has. */
  door(): SharedRefs;
  /** An object that no ref names yet. */
  put(text: string | null, parents?: readonly string[]): string;
  text(token: string): string | null;
  has(token: string): boolean;
  /** Drops every object that no ref leads to, as git's gc does. */
  collect(): void;
}

/** @param main where main is; its objects may be a real repository's */
export function memoryRefs(main: string, branch = 'main'): MemoryRefs {
  const named = new Map<string, string>([[`refs/heads/${branch}`, main]]);
  const objects = new Map<string, MemoryObject>();
  const put: MemoryRefs['put'] = (text, parents = []) => {
    const token = createHash('sha1').update(JSON.stringify({ parents, text, nonce: randomUUID() }));
    const oid = token.digest('hex');
    objects.set(oid, { parents, text });
    return oid;
  };
  return {
    named,
    records: recordsIn(objects, put),
    door: () => doorTo(named, branch),
    put,
    text: (token) => objects.get(token)?.text ?? null,
    has: (token) => objects.has(token),
    collect: () => {
      const alive = new Set<string>();
      const reach = (token: string): void => {
        if (alive.has(token)) return;
        alive.add(token);
        for (const parent of objects.get(token)?.parents ?? []) reach(parent);
      };
      for (const token of named.values()) reach(token);
      for (const token of objects.keys()) if (!alive.has(token)) objects.delete(token);
    },
  };
}

/** `remote`: whoever shares these refs has no checkout of main that would have to follow. */
function doorTo(named: Map<string, string>, branch: string): SharedRefs {
  let last: { readonly view: SharedView; readonly at: number } | null = null;
  const look = (): SharedView => {
    const view = viewOf(named, branch, 0);
    if (view === null) throw new Error(`there is no ${branch}`);
    return view;
  };
  return {
    kind: 'remote',
    read: async () => {
      await elsewhere();
      last = { view: look(), at: performance.now() };
      return last.view;
    },
    last: async () =>
      last === null
        ? { main: look().main, tasks: new Map(), pause: null, age: Number.POSITIVE_INFINITY }
        : { ...last.view, age: performance.now() - last.at },
    swap: async (changes): Promise<SwapResult> => {
      await elsewhere();
      const stale = changes.filter(({ ref, from }) => (named.get(ref) ?? null) !== from);
      if (stale.length > 0) return { kind: 'stale', refs: stale.map(({ ref }) => ref) };
      for (const change of changes) apply(named, change);
      if (last !== null) last = { view: { ...look(), age: 0 }, at: last.at };
      return { kind: 'swapped' };
    },
  };
}

/** Others get their turn between asking and the answer, as they do while a process runs. */
function elsewhere(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

function apply(named: Map<string, string>, { ref, to }: RefChange): void {
  if (to === null) named.delete(ref);
  else named.set(ref, to);
}

function recordsIn(objects: ReadonlyMap<string, MemoryObject>, put: MemoryRefs['put']): RecordStore {
  function read(token: string, key: TaskKey | null): HeldRecord {
    const text = objects.get(token)?.text ?? null;
    if (text === null) return held(token, key, 'it has no record.yaml');
    const decoded = decodeRecord(Buffer.from(text));
    if (decoded.kind === 'broken') return held(token, key, decoded.problem);
    if (decoded.kind === 'newer') return held(token, key, `v: ${decoded.version}`);
    if (key !== null && parseTaskId(decoded.record.task) !== key)
      return held(token, key, 'it names another task');
    return { token, record: decoded.record };
  }
  return {
    readAll: async ({ tasks }) => new Map([...tasks].map(([key, token]) => [key, read(token, key)])),
    readOne: async (token) => read(token, null),
    write: async (record: TaskRecord, { previous, replaces = false, keep = [] }) => {
      const before = previous === null ? [] : replaces ? (objects.get(previous)?.parents ?? []) : [previous];
      return put(encodeRecord(record, randomUUID()), [...new Set([...before, ...keep])]);
    },
    writeAll: async (records) =>
      records.map(({ record, previous, keep = [] }) =>
        put(encodeRecord(record, randomUUID()), [...new Set(previous === null ? keep : [previous, ...keep])]),
      ),
  };
}

function held(token: string, key: TaskKey | null, why: string): HeldRecord {
  const which = key === null ? token : taskRef(key);
  return { token, record: null, problem: `The record ${which} cannot be read: ${why}.` };
}
