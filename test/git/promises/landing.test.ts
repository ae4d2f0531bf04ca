import { describe, expect, test } from 'vitest';
import type { LandingEnd } from '../../../src/run/land/landing-work.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { taskKey } from '../../../src/task/id.ts';
import { type FinishedWork, finishedWork } from './finished-work.ts';

const REF = taskRef(taskKey('A1'));
const FILE = 'backlog/A1-list-things.md';

/** What landed is what the gate judged last, on the main that was there. */
function expectLandedOn(at: FinishedWork, end: LandingEnd, main: string): void {
  expect(end).toMatchObject({ kind: 'landed', main });
  expect(at.repo.git('rev-parse', 'main^1')).toBe(main);
  const gated = at.gated().at(-1)!;
  expect(at.repo.git('log', '-1', '--format=%(trailers:key=Gated,valueonly)', 'main').trim()).toBe(gated);
  expect(at.repo.git('diff', '--name-only', gated, 'main', '--', '.', ':!backlog')).toBe('');
  expect(at.repo.git('status', '--porcelain')).toBe('');
  expect(at.record()).toBe(null);
}

function expectNothingLanded({ repo }: FinishedWork, main: string): void {
  expect(repo.git('rev-parse', 'main')).toBe(main);
  expect(repo.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('src/new.txt');
}

describe('main moves between a green gate and the landing', () => {
  test('other code: gated again, and exactly that tree lands on exactly that main', async () => {
    const at = await finishedWork();
    let main = '';
    const end = await at.land(() => (main = at.repo.commit('feat: theirs', { 'src/b.txt': 'theirs\n' })));
    expectLandedOn(at, end, main);
    expect(at.gated()).toHaveLength(2);
    expect(at.gated()[1]).toBe(at.repo.git('rev-parse', 'main^{tree}'));
    expect(at.repo.read('src/b.txt')).toBe('theirs\n');
  });

  test('only the backlog: the gate holds, and what a person wrote there stays', async () => {
    const at = await finishedWork();
    const text = '---\nid: A3\ntitle: A third\n---\n';
    let main = '';
    const end = await at.land(
      () => (main = at.repo.commit('docs: a third', { 'backlog/A3-third.md': text })),
    );
    expectLandedOn(at, end, main);
    expect(at.gated()).toHaveLength(1);
    expect(at.repo.read('backlog/A3-third.md')).toBe(text);
  });

  test('code that is green by itself and red together with the work: nothing lands', async () => {
    const at = await finishedWork({ one: '1\n', 'src/new.txt': 'new\n' });
    let main = '';
    const end = await at.land(() => (main = at.repo.commit('feat: two', { two: '2\n' })));
    expect(end).toMatchObject({ kind: 'red' });
    expectNothingLanded(at, main);
  });

  test('a backlog that the work does not fit into any more: nothing lands', async () => {
    const at = await finishedWork();
    const content = '---\nid: A7\ntitle: What comes after A2\ndepends: [A2]\n---\n';
    const proposals = { added: [{ path: 'backlog/A7-after.md', content }], reserved: [] };
    const act = () => {
      at.repo.git('rm', '-q', 'backlog/A2-another.md');
      at.repo.git('commit', '-q', '-m', 'docs: not wanted');
    };
    expect(await at.land(act, { proposals })).toMatchObject({ kind: 'red', reason: 'backlog failed' });
    expectNothingLanded(at, at.main());
  });
});

describe('the lock changes between a green gate and the landing', () => {
  test('another run has it: revoked, and that run keeps it', async () => {
    const at = await finishedWork();
    const [main, other] = [at.main(), await at.takenByAnother()];
    const end = await at.land(() => void at.repo.git('update-ref', REF, other));
    expect(end).toMatchObject({ kind: 'revoked' });
    expectNothingLanded(at, main);
    expect(at.record()).toBe(other);
  });

  test('nobody has it: revoked', async () => {
    const at = await finishedWork();
    const main = at.main();
    const end = await at.land(() => void at.repo.git('update-ref', '-d', REF));
    expect(end).toMatchObject({ kind: 'revoked' });
    expectNothingLanded(at, main);
  });

  test('its own renewal: it lands', async () => {
    const at = await finishedWork();
    const main = at.main();
    const renewed = await at.project.records.write(at.lock.record, {
      previous: at.lock.token,
      replaces: true,
    });
    expectLandedOn(at, await at.land(() => void at.repo.git('update-ref', REF, renewed)), main);
  });

  test('a person takes the task back by its status: revoked', async () => {
    const at = await finishedWork();
    let main = '';
    const text = at.repo.read(FILE).replace('status: ready', 'status: draft');
    const end = await at.land(() => (main = at.repo.commit('docs: not yet', { [FILE]: text })));
    expect(end).toMatchObject({ kind: 'revoked' });
    expectNothingLanded(at, main);
    expect(at.repo.read(FILE)).toBe(text);
  });
});

describe('a gate that is not green', () => {
  test.each([
    ['red', 'exit 7'],
    ['ended by a signal', 'kill -9 $$'],
    ['out of time', { run: ['sleep', '1000'], 'time-limit': '1s' }],
    ['not there', ['no-such-program']],
  ])('%s: nothing lands', async (_, gate) => {
    const command = typeof gate === 'string' ? `test ! -e src/new.txt || ${gate}` : gate;
    const at = await finishedWork(undefined, command);
    const main = at.main();
    const end = await at.land();
    // A gate that cannot pass on main either blames main.
    expect(['red', 'main-red']).toContain(end.kind);
    expect(end.checks.at(-1)).toMatchObject({ passed: false });
    expectNothingLanded(at, main);
  });
});
