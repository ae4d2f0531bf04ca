import { describe, expect, it } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import { PAUSE_REF } from '../../../src/store/records/pause.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import type { RefChange } from '../../../src/store/shared-refs.ts';
import { taskKey } from '../../../src/task/id.ts';
import { hasSshd } from '../../support/sshd.ts';
import { openContractStore } from './contract-store.ts';
import { type Backend, openStore } from './open-store.ts';

/** Every call over ssh costs keys and processes: the whole contract is the long form there, see ssh-refs.test.ts. */
const ssh: Backend[] = process.env['ROTA_NETWORK'] === 'all' && hasSshd() ? ['ssh'] : [];
const git: Backend[] = ['local', 'file', 'http', ...ssh];
const backends = ['memory', 'heads', ...git] as const;
const RACERS = 8;
const ROUNDS = 6;
const [A1, A2] = [taskKey('A1'), taskKey('A2')];

describe.each(backends)('shared refs, %s', (backend) => {
  it('creates, changes and deletes a record', async () => {
    const { refs, record } = await openContractStore(backend);
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
    const store = await openContractStore(backend);
    const { refs, record } = store;
    const [one, two] = [await record('A1'), await record('A2')];
    const pause = await store.pause.write({ all: false, roles: ['tester'] });
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
    expect(await store.pause.read(view.pause)).toEqual({ all: false, roles: ['tester'] });
  });

  it('names what is stale and changes nothing, also for a ref that appeared, moved or went', async () => {
    const { refs, record } = await openContractStore(backend);
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
    const { refs, record } = await openContractStore(backend);
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
    const { refs, record, main } = await openContractStore(backend);
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

  it('does nothing for no changes', async () => {
    const { refs, record } = await openContractStore(backend);
    await refs.swap([change('A1', null, await record('A1'))]);
    const before = await refs.read();
    expect(await refs.swap([])).toEqual({ kind: 'swapped' });
    expect(await refs.read()).toEqual(before);
  });

  it('lets one of two deleters win', async () => {
    const { refs, record } = await openContractStore(backend);
    const one = await record('A1');
    await refs.swap([change('A1', null, one)]);
    const results = await Promise.all([
      refs.swap([change('A1', one, null)]),
      refs.swap([change('A1', one, null)]),
    ]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['stale', 'swapped']);
  });

  it('leaves names alone that are not rota’s', async () => {
    const { refs, record, name } = await openContractStore(backend);
    const one = await record('A1');
    await refs.swap([change('A1', null, one)]);
    const others = ['refs/rota/tasks/A01', 'refs/rota/tasks/x', 'refs/rota/pauses', 'refs/x/refs/heads/main'];
    const { main } = await refs.read();
    for (const ref of others) name(ref, main);
    expect((await refs.read()).tasks).toEqual(new Map([[A1, one]]));
  });

  it('shows what was read last', async () => {
    const { refs, record } = await openContractStore(backend);
    const one = await record('A1');
    await refs.swap([change('A1', null, one)]);
    const view = await refs.read();
    const last = await refs.last();
    expect({ ...last, age: 0 }).toEqual(view);
    expect(last.age).toBeLessThan(60_000);
  });

  it('keeps what a record keeps alive through gc --prune=now', async () => {
    const { refs, records, loose, has, collect } = await openContractStore(backend);
    const [kept, lost] = [loose(), loose()];
    const token = await records.write(emptyRecord('A1'), { previous: null, keep: [kept] });
    await refs.swap([change('A1', null, token)]);
    await refs.read();
    collect();
    expect([has(kept), has(lost)]).toEqual([true, false]);
    expect((await records.readOne(token)).record).toEqual(emptyRecord('A1'));
  });

  it('keeps the record before, until a renewal takes its place', async () => {
    const { refs, records, record, loose, has, collect } = await openContractStore(backend);
    const first = await record('A1');
    const kept = loose();
    const second = await records.write(emptyRecord('A1'), { previous: first, keep: [kept] });
    const renewed = await records.write(emptyRecord('A1'), { previous: second, replaces: true });
    await refs.swap([change('A1', null, renewed)]);
    await refs.read();
    collect();
    expect([first, kept, second, renewed].map(has)).toEqual([true, true, false, true]);
  });

  it('reads records as they were written, each one an object of its own', async () => {
    const { records } = await openContractStore(backend);
    const record = { ...emptyRecord('A2'), attempts: 2, reason: 'why: "so"', of: 'x', log: ['- a | b'] };
    const tokens = await Promise.all([1, 2, 3].map(() => records.write(record, { previous: null })));
    expect(new Set(tokens).size).toBe(3);
    const all = await records.readAll({ tasks: new Map([[A2, tokens[0]!]]) });
    expect(all).toEqual(new Map([[A2, { token: tokens[0], record }]]));
    expect(await records.readOne(tokens[1]!)).toEqual({ token: tokens[1], record });
  });

  it('counts a record that cannot be read, or is of another task, as held, and names it', async () => {
    const { records, record, loose } = await openContractStore(backend);
    const [one, none, missing] = [await record('A1'), loose(), 'f'.repeat(40)];
    const tasks = new Map([
      [A1, one],
      [A2, one],
      [taskKey('A3'), none],
      [taskKey('A4'), missing],
    ]);
    const all = [...(await records.readAll({ tasks })).values()];
    expect(all.map((held) => held.record)).toEqual([emptyRecord('A1'), null, null, null]);
    const named = all.map(({ problem = '' }) => /refs\/rota\/tasks\/(A\d)/.exec(problem)?.[1]);
    expect(named).toEqual([undefined, 'A2', 'A3', 'A4']);
    expect(all[1]!.problem).toContain('another task');
  });

  // The names make no difference to a race.
  describe.skipIf(backend === 'heads')(
    `races between ${backend === 'memory' ? 'callers' : 'processes'}`,
    () => {
      // What ssh costs is its own keys and processes; behind it is the same git.
      const [racing, rounds] = backend === 'ssh' ? [4, 2] : [RACERS, ROUNDS];
      it(`has exactly one winner of ${racing} in each of ${rounds} rounds`, async () => {
        const store = await openContractStore(backend);
        const racers = await store.racers(racing);
        try {
          for (let round = 1; round <= rounds; round++) {
            const answers = await Promise.all(racers.map((racer) => racer.ask(`A${round}`)));
            const won = answers.filter((answer) => answer.startsWith('swapped'));
            expect(won, answers.join('\n')).toHaveLength(1);
            expect(
              answers.filter((answer) => answer.startsWith('stale')),
              answers.join('\n'),
            ).toHaveLength(racing - 1);
            const { tasks } = await store.refs.read();
            expect(tasks.get(taskKey(`A${round}`))).toBe(won[0]!.split(' ')[1]);
          }
        } finally {
          for (const racer of racers) racer.stop();
        }
      });
    },
  );
});

describe.each(git)('shared refs, %s', (backend) => {
  it('do nothing for no changes where the person pushes matching branches', async () => {
    const { refs, repo, main } = await openStore(backend);
    repo.git('config', '--global', 'push.default', 'matching');
    const mine = repo.commit('feat: mine alone', { 'a.txt': 'a' });
    await refs.read();
    const before = main();
    expect(await refs.swap([])).toEqual({ kind: 'swapped' });
    expect(main()).toBe(before);
    if (backend !== 'local') expect(before).not.toBe(mine);
  });
});

function change(id: string, from: string | null, to: string | null): RefChange {
  return { ref: taskRef(taskKey(id)), from, to };
}
