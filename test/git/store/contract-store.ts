import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { build } from 'esbuild';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import { type Pause, readPause, writePause } from '../../../src/store/records/pause.ts';
import type { RecordStore } from '../../../src/store/records/record-store.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import type { SharedRefs } from '../../../src/store/shared-refs.ts';
import { taskKey } from '../../../src/task/id.ts';
import { memoryRefs } from '../../support/memory-refs.ts';
import { type Backend, HEADS, openStore, type TestStore } from './open-store.ts';

export interface Racer {
  /** Tries to create this task's record; answers with what became of it and the token. */
  ask(id: string): Promise<string>;
  stop(): void;
}

/** What the contract asks of shared refs and records, whatever they are kept in. */
export interface ContractStore {
  readonly refs: SharedRefs;
  readonly records: RecordStore;
  /** Writes a record without a lock and returns its token. */
  record(id: string, previous?: string | null): Promise<string>;
  /** The shared main. */
  main(): string;
  readonly pause: { write(pause: Pause): Promise<string>; read(token: string | null): Promise<Pause> };
  /** Names an object where the refs are shared, as anybody may. */
  name(ref: string, token: string): void;
  /** An object that nothing names. */
  loose(): string;
  has(token: string): boolean;
  /** Drops what nothing names. */
  collect(): void;
  racers(count: number): Promise<Racer[]>;
}

export async function openContractStore(backend: Backend | 'memory'): Promise<ContractStore> {
  return backend === 'memory' ? inMemory() : inGit(await openStore(backend), backend === 'heads');
}

function inMemory(): ContractStore {
  const memory = memoryRefs('1'.repeat(40));
  const { records } = memory;
  const record: ContractStore['record'] = (id, previous = null) =>
    records.write(emptyRecord(id), { previous });
  return {
    refs: memory.door(),
    records,
    record,
    main: () => memory.named.get('refs/heads/main')!,
    pause: {
      write: async (pause) => memory.put(JSON.stringify(pause)),
      read: async (token) =>
        token === null ? { all: false, roles: [] } : JSON.parse(memory.text(token) ?? ''),
    },
    name: (ref, token) => void memory.named.set(ref, token),
    loose: () => memory.put(null),
    has: (token) => memory.has(token),
    collect: () => memory.collect(),
    racers: async (count) =>
      Array.from({ length: count }, () => {
        const refs = memory.door();
        const ask = async (id: string) => {
          const to = await record(id);
          return `${(await refs.swap([{ ref: taskRef(taskKey(id)), from: null, to }])).kind} ${to}`;
        };
        return { ask, stop: () => undefined };
      }),
  };
}

function inGit(store: TestStore, heads: boolean): ContractStore {
  const { refs, records, record, main, repo, shared, system, repository } = store;
  return {
    refs,
    records,
    record,
    main,
    pause: {
      write: (pause) => writePause(store, pause, null),
      read: (token) => readPause(system, repository, token),
    },
    name: (ref, token) =>
      void shared.git('update-ref', heads ? ref.replace('refs/rota/', HEADS) : ref, token),
    loose: () => repo.git('commit-tree', repo.git('rev-parse', 'main^{tree}'), '-m', system.random.id()),
    has: (token) => {
      try {
        return repo.git('cat-file', '-t', token) === 'commit';
      } catch {
        return false;
      }
    },
    collect: () => void repo.git('gc', '--quiet', '--prune=now'),
    racers: (count) => startRacers(store, count),
  };
}

/** With a remote every second racer has a clone of its own; the others share one repository. */
async function startRacers(store: TestStore, count: number): Promise<Racer[]> {
  const script = join(store.sandbox.folder, 'racer.mjs');
  await store.system.files.write(script, await bundledRacer());
  const folders = Array.from({ length: count }, (_, index) =>
    store.url === null || index % 2 === 0
      ? store.repo.root
      : store.sandbox.clone(store.shared.root, `racer-${index}`).root,
  );
  return Promise.all(
    folders.map(async (folder) => {
      const args = [script, folder, ...(store.url === null ? [] : [store.url])];
      const child = spawn(process.execPath, args, {
        env: store.sandbox.env,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const lines = createInterface({ input: child.stdout });
      const first = await nextLine(child, lines);
      if (first !== 'ready') throw new Error(first);
      return {
        ask: (line) => {
          const answer = nextLine(child, lines);
          child.stdin.write(`${line}\n`);
          return answer;
        },
        stop: () => void child.kill('SIGKILL'),
      } satisfies Racer;
    }),
  );
}

async function bundledRacer(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../../support/ref-racer.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as racerRequire } from 'node:module'; const require = racerRequire(import.meta.url);",
    },
  });
  return outputFiles[0]!.text;
}

function nextLine(child: ChildProcessWithoutNullStreams, lines: Interface): Promise<string> {
  return new Promise((resolve) => {
    let errors = '';
    child.stderr.on('data', (piece) => (errors += piece));
    lines.once('line', resolve);
    child.once('close', () => resolve(`ended ${errors}`));
  });
}
