import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readContract } from '../../../src/run/land/read-contract.ts';
import { readSnapshot } from '../../../src/run/project/snapshot.ts';
import { taskKey } from '../../../src/task/id.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

/** A branch whose first commit is named, by its record, as the one that shows the lock; a person dropped that from main. */
async function findingsOf(first: Record<string, string>): Promise<string[]> {
  const { project, make, gitIn, main } = await openTestProject();
  const { path } = await make();
  const commit = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    gitIn(path, 'add', '-A');
    gitIn(path, 'commit', '-qm', 'x');
    return gitIn(path, 'rev-parse', 'HEAD');
  };
  const publish = commit(first);
  const tip = commit({ 'src/a.txt': 'work\n' });
  const { backlog, roles, config } = await readSnapshot(project, true);
  const task = backlog.byKey.get(taskKey('A1'))!;
  const found = await readContract(project, {
    role: roles[0]!,
    task,
    config,
    main: main(),
    tip,
    publish,
    proposal: null,
  });
  return found.map(({ severity, path: file }) => `${severity} ${file}`);
}

const TASK = 'backlog/A1-list-things.md';
const LOCKED =
  '---\nid: A1\ntitle: List things\nstatus: ready\nlock: {run: RUN1, role: developer}\n---\nDo it.\n';

test('the commit that showed the lock and that a person dropped is not the work of the agent', async () => {
  expect(await findingsOf({ [TASK]: LOCKED })).toEqual([]);
});

test.each([
  ['the rules', { [TASK]: LOCKED, 'rota.yaml': 'gate: none\n' }, 'held rota.yaml'],
  ['nothing but the rules', { 'rota.yaml': 'gate: none\n' }, 'held rota.yaml'],
  ['another key of the task', { [TASK]: LOCKED.replace('ready', 'done') }, `held ${TASK}`],
])('a commit that is said to show the lock and changes %s hides nothing', async (_what, files, finding) => {
  expect(await findingsOf(files)).toContain(finding);
});
