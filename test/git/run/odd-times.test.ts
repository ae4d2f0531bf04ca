import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRescueRefs } from '../../../src/run/rescue/rescue-refs.ts';
import { readMainHistory } from '../../../src/run/why/read-main-history.ts';
import { taskKey } from '../../../src/task/id.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

const FILE = 'backlog/A1-list-things.md';
/** What stands behind the name in a commit's line `committer`. */
const ODD = ['', '900000000000 +0000', '99999999999999999999 +0000', '1700000000 +9900', '1700000000 +2500'];

test('commits with times that there are not hide no other, neither rescued nor on main', async () => {
  const { repo, project, main } = await openTestProject();
  const withTime = (time: string): string => {
    const text = repo.git('cat-file', 'commit', 'main').replace(/^(committer .*>).*$/m, `$1 ${time}`);
    repo.write('../odd', `${text}\n`);
    return repo.git('hash-object', '-t', 'commit', '-w', '--literally', join(repo.sandbox.folder, 'odd'));
  };
  const odd = ODD.map(withTime);
  const ref = 'refs/rota/rescue/A1/';
  for (const [n, commit] of odd.entries()) repo.git('update-ref', `${ref}2026112${n}T010203Z`, commit);
  repo.git('update-ref', `${ref}of-somebody`, odd[0]!);
  const rescues = await readRescueRefs(project);
  expect(rescues.map(({ name, commit, problem }) => [name, commit, problem]).sort()).toEqual([
    ...odd.map((commit, n) => [`A1/2026112${n}T010203Z`, commit, null]),
    ['A1/of-somebody', odd[0], null],
  ]);
  expect(rescues.find(({ name }) => name === 'A1/of-somebody')?.time ?? null).toBeNull();
  for (const commit of odd) {
    repo.git('reset', '-q', '--hard', commit);
    const [first, ...others] = await readMainHistory(project, main(), taskKey('A1'), FILE);
    expect([first?.commit, others]).toEqual([main(), []]);
    expect(Number.isNaN(Date.parse(first!.at))).toBe(false);
  }
});
