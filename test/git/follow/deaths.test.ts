import { join } from 'node:path';
import { expect, test } from 'vitest';
import { releaseQueues } from '../../steps/release-queues.ts';
import { faultySystem } from '../../support/faulty-system.ts';
import { type FollowedScene, openFollowed } from './open-followed.ts';

/** Calls of a sweep that change refs or push; the n-th of them is one where the process dies. */
const STEP = /^git (?:push|update-ref|fast-import) /;

/** Dies right after every such step, each time from the same start; answers how many steps there were. */
async function dieEverywhere(s: FollowedScene, healed: (left: readonly string[]) => void): Promise<number> {
  const start = refsOf(s);
  for (let n = 1; ; n++) {
    restore(s, start);
    let met = 0;
    const at = (label: string) => STEP.test(label) && ++met === n;
    const faulty = faultySystem(s.box.system(), { kind: 'death', at, when: 'after' });
    await Promise.race([s.sweep({}, faulty.system), faulty.died]);
    await faulty.end();
    if (!faulty.hit()) return n - 1;
    const left = s.left();
    // The record goes last: as long as anything is left, a sweep finds it.
    if (left.length > 0) expect(left, `step ${n}`).toContain('refs/rota/tasks/A1');
    releaseQueues({ gitDir: join(s.repo.root, '.git') });
    await s.sweep();
    healed(s.left());
  }
}

interface Refs {
  readonly here: string;
  readonly shared: string;
}

function refsOf({ repo, shared }: FollowedScene): Refs {
  const format = '--format=create %(refname) %(objectname)';
  return {
    here: repo.git('for-each-ref', format, 'refs/heads/ai'),
    shared: shared.git('for-each-ref', format, 'refs/heads', 'refs/rota'),
  };
}

/** Every ref as it was at the start, and none that was not there. */
function restore(s: FollowedScene, start: Refs): void {
  const now = refsOf(s);
  for (const [repo, before, after] of [
    [s.repo, start.here, now.here],
    [s.shared, start.shared, now.shared],
  ] as const) {
    for (const line of after.split('\n')) if (line !== '') repo.git('update-ref', '-d', line.split(' ')[1]!);
    for (const line of before.split('\n'))
      if (line !== '') repo.git('update-ref', ...line.split(' ').slice(1));
  }
}

test('death while a merged request is cleaned up: the next sweep does the rest', async () => {
  const s = await openFollowed({ remote: 'bare', each: () => ({ reserves: ['A7'] }) });
  const tree = s.shared.git('merge-tree', '--write-tree', 'main', s.branch('A1'));
  const who = ['-c', 'user.name=Pat', '-c', 'user.email=pat@example.org'];
  const squashed = s.shared.git(...who, 'commit-tree', tree, '-p', 'main', '-m', 'squash');
  s.shared.git('update-ref', 'refs/heads/main', squashed);
  const steps = await dieEverywhere(s, (left) => expect(left).toEqual([]));
  expect(steps).toBeGreaterThanOrEqual(3);
});

test('death while a request goes back to the agent: it goes back once', async () => {
  const s = await openFollowed({ remote: 'bare', each: () => ({ files: { 'src/a.txt': 'ours\n' } }) });
  s.onMain('person: a', { 'src/a.txt': 'theirs\n' });
  const steps = await dieEverywhere(s, () => {
    const record = s.record('A1');
    expect(record).toMatchObject({ state: 'returned', attempts: 0 });
    expect(record.notes.length).toBe(1);
    expect(record.log.length).toBe(1);
  });
  expect(steps).toBeGreaterThanOrEqual(2);
});

test('death while a request is opened: there is one in the end, and the record names it', async () => {
  const s = await openFollowed({ each: () => ({ record: { pr: null } }) });
  s.shared.git('update-ref', '-d', `refs/heads/${s.branch('A1')}`);
  const none = () => {
    (s.hub.all() as unknown[]).length = 0;
  };
  none();
  const steps = await dieEverywhere(s, () => {
    expect(s.hub.all().length).toBe(1);
    expect(s.record('A1')).toMatchObject({ state: 'proposed', pr: s.url(1) });
    expect(s.hub.get(1).head).toBe(s.record('A1').proposal.head);
    none();
  });
  expect(steps).toBeGreaterThanOrEqual(3);
});
