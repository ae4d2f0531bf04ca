import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import { PAUSE_REF, readPause, writePause } from '../../../src/store/records/pause.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import type { RefChange } from '../../../src/store/shared-refs.ts';
import { taskKey } from '../../../src/task/id.ts';
import { type Backend, openStore, type TestStore } from './open-store.ts';

const backends: Backend[] = ['local', 'file', 'http'];
const RACERS = 8;
const ROUNDS = 6;
const [A1, A2] = [taskKey('A1'), taskKey('A2')];

describe.each(backends)('shared refs, %s', (backend) => {
  it('creates, changes and deletes a record', async () => {
    const { refs, record } = await openStore(backend);
    const first = await record('A1');
    expect(await refs.swap([change('A1', null, first)])).toEqual({ kind: 'swapped' });
    expect((await refs.read()).tasks).toEqual(new Map([[A1, first]]));
    const second = await record('A1', first);
    expect(await refs.swap([change('A1', first, second)])).toEqual({ kind: 'swapped' });
    expect((await refs.read()).tasks).toEqual(new Map([[A1, second]]));
    expect(await refs.swap([change('A1', second, null)])).toEqual({ kind: 'swapped' });
    expect((await refs.read()).tasks).toEqual(new Map());
  });

  it('reads main, records and pause in one view', async () => {
    const store = await openStore(backend);
    const { refs, record } = store;
    const [one, two] = [await record('A1'), await record('A2')];
    const pause = await writePause(store, { all: false, roles: ['tester'] }, null);
    const changes = [
      change('A1', null, one),
      change('A2', null, two),
      { ref: PAUSE_REF, from: null, to: pause },
    ];
    expect(await refs.swap(changes)).toEqual({ kind: 'swapped' });
    const view = await refs.read();
    expect(view).toEqual({
      main: store.main(),
      tasks: new Map([
        [A1, one],
        [A2, two],
      ]),
      pause,
      age: 0,
    });
    expect(await readPause(store.system, store.repository, view.pause)).toEqual({
      all: false,
      roles: ['tester'],
    });
  });

  it('names what is stale and changes nothing, also for a ref that appeared, moved or went', async () => {
    const { refs, record } = await openStore(backend);
    const [one, two, other] = [await record('A1'), await record('A2'), await record('A3')];
    await refs.swap([change('A1', null, one), change('A2', null, two)]);
    const stale = [
      change('A1', null, other),
      change('A2', one, other),
      change('A3', one, other),
      change('A3', other, null),
    ];
    for (const wrong of stale) expect(await refs.swap([wrong])).toEqual({ kind: 'stale', refs: [wrong.ref] });
    expect((await refs.read()).tasks).toEqual(
      new Map([
        [A1, one],
        [A2, two],
      ]),
    );
  });

  it('changes nothing when one of three is stale', async () => {
    const { refs, record } = await openStore(backend);
    const [one, two, three] = [await record('A1'), await record('A2'), await record('A3')];
    await refs.swap([change('A1', null, one), change('A2', null, two)]);
    const next = await record('A1', one);
    const changes = [change('A1', one, next), change('A2', three, null), change('A3', null, three)];
    expect(await refs.swap(changes)).toEqual({ kind: 'stale', refs: [taskRef(A2)] });
    expect((await refs.read()).tasks).toEqual(
      new Map([
        [A1, one],
        [A2, two],
      ]),
    );
  });

  it('compares a ref that only has to stay where it is', async () => {
    const { refs, record, main } = await openStore(backend);
    const [one, two] = [await record('A1'), await record('A2')];
    const stays = { ref: 'refs/heads/main', from: main(), to: main() };
    expect(await refs.swap([stays, change('A1', null, one)])).toEqual({ kind: 'swapped' });
    const wrong = { ref: 'refs/heads/main', from: one, to: one };
    expect(await refs.swap([wrong, change('A2', null, two)])).toEqual({
      kind: 'stale',
      refs: ['refs/heads/main'],
    });
    expect((await refs.read()).tasks).toEqual(new Map([[A1, one]]));
  });

  it('does nothing for no changes, also where the person pushes matching branches', async () => {
    const { refs, repo, main } = await openStore(backend);
    repo.git('config', '--global', 'push.default', 'matching');
    const mine = repo.commit('feat: mine alone', { 'a.txt': 'a' });
    await refs.read();
    const before = main();
    expect(await refs.swap([])).toEqual({ kind: 'swapped' });
    expect(main()).toBe(before);
    if (backend !== 'local') expect(before).not.toBe(mine);
  });

  it('lets one of two deleters win', async () => {
    const { refs, record } = await openStore(backend);
    const one = await record('A1');
    await refs.swap([change('A1', null, one)]);
    const results = await Promise.all([
      refs.swap([change('A1', one, null)]),
      refs.swap([change('A1', one, null)]),
    ]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['stale', 'swapped']);
  });

  it('leaves names alone that are not rota’s', async () => {
    const { refs, record, shared } = await openStore(backend);
    const one = await record('A1');
    await refs.swap([change('A1', null, one)]);
    for (const name of [
      'refs/rota/tasks/A01',
      'refs/rota/tasks/x',
      'refs/rota/pauses',
      'refs/x/refs/heads/main',
    ]) {
      shared.git('update-ref', name, 'main');
    }
    expect((await refs.read()).tasks).toEqual(new Map([[A1, one]]));
  });

  it('shows what was read last', async () => {
    const { refs, record } = await openStore(backend);
    const one = await record('A1');
    await refs.swap([change('A1', null, one)]);
    const view = await refs.read();
    const last = await refs.last();
    expect({ ...last, age: 0 }).toEqual(view);
    expect(last.age).toBeLessThan(60_000);
  });

  it('keeps what a record keeps alive through gc --prune=now', async () => {
    const { refs, records, repo } = await openStore(backend);
    const tree = repo.git('rev-parse', 'main^{tree}');
    const kept = repo.git('commit-tree', tree, '-m', 'a candidate');
    const lost = repo.git('commit-tree', tree, '-m', 'nobody names me');
    const token = await records.write(emptyRecord('A1'), { previous: null, keep: [kept] });
    await refs.swap([change('A1', null, token)]);
    await refs.read();
    repo.git('gc', '--quiet', '--prune=now');
    expect(repo.git('cat-file', '-t', kept)).toBe('commit');
    expect(() => repo.git('cat-file', '-t', lost)).toThrow();
    expect((await records.readOne(token)).record).toEqual(emptyRecord('A1'));
  });

  describe('races between processes', () => {
    it(`has exactly one winner of ${RACERS} in each of ${ROUNDS} rounds`, async () => {
      const store = await openStore(backend);
      const racers = await startRacers(store, RACERS);
      try {
        for (let round = 1; round <= ROUNDS; round++) {
          const answers = await Promise.all(racers.map((racer) => racer.ask(`A${round}`)));
          const won = answers.filter((answer) => answer.startsWith('swapped'));
          expect(won, answers.join('\n')).toHaveLength(1);
          expect(
            answers.filter((answer) => answer.startsWith('stale')),
            answers.join('\n'),
          ).toHaveLength(RACERS - 1);
          const { tasks } = await store.refs.read();
          expect(tasks.get(taskKey(`A${round}`))).toBe(won[0]!.split(' ')[1]);
        }
      } finally {
        for (const racer of racers) racer.stop();
      }
    });
  });
});

function change(id: string, from: string | null, to: string | null): RefChange {
  return { ref: taskRef(taskKey(id)), from, to };
}

interface Racer {
  ask(line: string): Promise<string>;
  stop(): void;
}

let bundle = '';
beforeAll(async () => {
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
  bundle = outputFiles[0]!.text;
});

/** With a remote every second racer has a clone of its own; the others share one repository. */
async function startRacers(store: TestStore, count: number): Promise<Racer[]> {
  const script = join(store.sandbox.folder, 'racer.mjs');
  await store.system.files.write(script, bundle);
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
      expect(await nextLine(child, lines)).toBe('ready');
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

function nextLine(child: ChildProcessWithoutNullStreams, lines: Interface): Promise<string> {
  return new Promise((resolve) => {
    let errors = '';
    child.stderr.on('data', (piece) => (errors += piece));
    lines.once('line', resolve);
    child.once('close', () => resolve(`ended ${errors}`));
  });
}
