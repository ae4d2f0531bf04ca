import { describe, expect, it } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import { PAUSE_REF, readPause, writePause } from '../../../src/store/records/pause.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { taskKey } from '../../../src/task/id.ts';
import { sandbox } from '../../support/repo.ts';
import { openStore, storeOf, type TestStore } from './open-store.ts';

const A1 = taskKey('A1');

describe('records in the repository', () => {
  it('are read together, and those that cannot be read count as held and are named', async () => {
    const store = await openStore('local');
    const { records, repo } = store;
    const good = await store.record('A1');
    const blob = repo.git('rev-parse', `${good}:record.yaml`);
    const commit = (name: string, oid: string) => {
      repo.git('read-tree', '--empty');
      repo.git('update-index', '--add', '--cacheinfo', `100644,${oid},${name}`);
      return repo.git('commit-tree', repo.git('write-tree'), '-m', 'x');
    };
    const newer = commit('record.yaml', hash(store, 'v: 2\n'));
    const empty = commit('other.yaml', blob);
    const missing = 'f'.repeat(40);
    const view = {
      tasks: new Map([
        [A1, good],
        [taskKey('A2'), good],
        [taskKey('A3'), newer],
        [taskKey('A4'), empty],
        [taskKey('A5'), missing],
      ]),
    };
    const all = await records.readAll(view);
    expect(all.get(A1)).toEqual({ token: good, record: emptyRecord('A1') });
    const problem = (text: string) => ({ record: null, problem: expect.stringContaining(text) });
    expect(all.get(taskKey('A2'))).toMatchObject(problem('another task'));
    expect(all.get(taskKey('A3'))).toMatchObject(problem('newer rota'));
    expect(all.get(taskKey('A4'))).toMatchObject(problem('no record.yaml'));
    expect(all.get(taskKey('A5'))).toMatchObject(problem('refs/rota/tasks/A5'));
  });

  it('are never the same object twice', async () => {
    const store = await openStore('local');
    const tokens = await Promise.all([store.record('A1'), store.record('A1'), store.record('A1')]);
    expect(new Set(tokens).size).toBe(3);
  });

  it('follow their predecessor, and a renewal takes its place', async () => {
    const { records, repo, main } = await openStore('local');
    const parents = (token: string) =>
      repo.git('show', '-s', '--format=%P', token).split(' ').filter(Boolean);
    const first = await records.write(emptyRecord('A1'), { previous: null });
    const second = await records.write(emptyRecord('A1'), { previous: first, keep: [main()] });
    const renewed = await records.write(emptyRecord('A1'), { previous: second, replaces: true });
    const again = await records.write(emptyRecord('A1'), {
      previous: renewed,
      replaces: true,
      keep: [main()],
    });
    expect([parents(first), parents(second)]).toEqual([[], [first, main()]]);
    expect([parents(renewed), parents(again)]).toEqual([
      [first, main()],
      [first, main()],
    ]);
    expect(repo.git('ls-tree', '--name-only', second)).toBe('record.yaml');
  });

  it('move no ref by being written', async () => {
    const { record, repo } = await openStore('local');
    const before = repo.git('for-each-ref');
    await record('A1');
    expect(repo.git('for-each-ref')).toBe(before);
  });

  it('work with SHA-256 objects', async () => {
    const box = sandbox();
    box.env['GIT_DEFAULT_HASH'] = 'sha256';
    const repo = box.repo('long');
    const other = await storeOf(box, repo, repo, null);
    const token = await other.record('A1');
    expect(token).toHaveLength(64);
    await other.refs.swap([{ ref: taskRef(A1), from: null, to: token }]);
    expect((await other.records.readAll(await other.refs.read())).get(A1)?.record).toEqual(emptyRecord('A1'));
  });
});

describe('the pause', () => {
  it('is nobody’s without a record, and comes back as written', async () => {
    const store = await openStore('local');
    expect(await readPause(store.system, store.repository, null)).toEqual({ all: false, roles: [] });
    const token = await writePause(store, { all: true, roles: ['pm', 'tester'] }, null);
    await store.refs.swap([{ ref: PAUSE_REF, from: null, to: token }]);
    const { pause } = await store.refs.read();
    expect(await readPause(store.system, store.repository, pause)).toEqual({
      all: true,
      roles: ['pm', 'tester'],
    });
  });

  it('pauses everything when it cannot be read', async () => {
    const store = await openStore('local');
    const token = await store.record('A1');
    const pause = await readPause(store.system, store.repository, token);
    expect(pause).toEqual({ all: true, roles: [], problem: expect.stringContaining('no pause.yaml') });
  });
});

function hash({ repo }: TestStore, text: string): string {
  repo.write('tmp.yaml', text);
  return repo.git('hash-object', '-w', 'tmp.yaml');
}
