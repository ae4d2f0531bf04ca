import { describe, expect, it } from 'vitest';
import { sandbox, type TestRepo } from '../../support/repo.ts';

const TASKS = 8;
const AGENT = '[sh, -c, "echo done > done-$ROTA_TASK.txt"]';

/** A backlog of independent tasks, and an agent that adds one file for each. */
const FILES: Record<string, string> = {
  'rota.yaml': `gate:\n  - test -f README.md\nworkers: 20\nagents:\n  quick: {command: ${AGENT}}\n`,
  'roles/developer.md': '---\nrole: developer\ntakes: {type: [feature]}\nattempts: 9\n---\nWork.\n',
  'README.md': '# many\n',
};
for (let n = 1; n <= TASKS; n++)
  FILES[`backlog/A${n}-task.md`] = `---\nid: A${n}\ntitle: Task ${n} # kept\nstatus: ready\n---\nDo it.\n`;

/** One worker process after the other until nothing is left. */
async function workUntilIdle(repo: TestRepo): Promise<{ outcome: string; task: string | null }[]> {
  const ends: { outcome: string; task: string | null }[] = [];
  for (let runs = 0; runs < 4 * TASKS; runs++) {
    const end = await repo.json(['run', 'developer']);
    ends.push(end);
    if (end.outcome === 'idle' || end.outcome === undefined) return ends;
  }
  return ends;
}

function expectEachLandedOnce(ends: { outcome: string; task: string | null }[], shared: TestRepo): void {
  const landed = ends.filter(({ outcome }) => outcome === 'landed').map(({ task }) => task);
  expect(landed.toSorted()).toEqual(Array.from({ length: TASKS }, (_, n) => `A${n + 1}`).toSorted());
  const trailers = shared.git(
    'log',
    '--first-parent',
    '--format=%(trailers:key=Task,valueonly,separator=)',
    'main',
  );
  expect(
    trailers
      .split('\n')
      .filter((line) => line !== '')
      .toSorted(),
  ).toEqual(landed.toSorted());
  for (let n = 1; n <= TASKS; n++) {
    const text = shared.git('show', `main:backlog/A${n}-task.md`);
    expect(text).toContain('status: done');
    expect(text).toContain('# kept');
    expect(text).not.toContain('lock:');
    expect(shared.git('show', `main:done-A${n}.txt`)).toBe('done');
  }
  expect(shared.git('for-each-ref', 'refs/rota/tasks', 'refs/heads/ai')).toBe('');
}

describe('many worker processes at once', () => {
  it('land each task exactly once in a repository that is checked out at home', async () => {
    const repo = sandbox().repo('work', FILES);
    repo.write('notes.txt', 'mine');
    const ends = await Promise.all(Array.from({ length: 4 }, () => workUntilIdle(repo)));
    expectEachLandedOnce(ends.flat(), repo);
    expect(repo.git('status', '--porcelain')).toBe('?? notes.txt');
    expect(repo.git('fsck', '--no-dangling')).toBe('');
  });

  it('land each task exactly once from two clones of one remote', async () => {
    const box = sandbox();
    const seed = box.repo('seed', FILES);
    const bare = box.bare('hub.git');
    seed.git('push', '-q', bare.root, 'main');
    bare.git('symbolic-ref', 'HEAD', 'refs/heads/main');
    const clones = [box.clone(bare.root, 'one'), box.clone(bare.root, 'two')];
    const ends = await Promise.all(clones.flatMap((clone) => [workUntilIdle(clone), workUntilIdle(clone)]));
    expectEachLandedOnce(ends.flat(), bare);
    for (const clone of clones) expect(clone.git('status', '--porcelain')).toBe('');
  });
});
