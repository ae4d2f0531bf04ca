import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readContract } from '../../../src/run/land/read-contract.ts';
import { readSides } from '../../../src/run/land/sides.ts';
import { readSnapshot } from '../../../src/run/project/snapshot.ts';
import { taskKey } from '../../../src/task/id.ts';
import { FILES, openTestProject } from '../worktree/open-test-project.ts';

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
    sides: await readSides(project, main(), tip),
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

const TOKEN = ['gh', 'p_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('');

/** Findings about a branch of these commits, on a main with these files. */
async function findingsOfBranch(
  onMain: Record<string, string>,
  commits: readonly Record<string, string | null>[],
): Promise<string[]> {
  const { project, make, gitIn, main } = await openTestProject({ ...FILES, ...onMain });
  const { path } = await make();
  for (const files of commits) {
    for (const [name, text] of Object.entries(files)) {
      if (text === null) gitIn(path, 'rm', '-q', name);
      else writeFileSync(join(path, name), text);
    }
    gitIn(path, 'add', '-A');
    gitIn(path, 'commit', '-qm', 'x');
  }
  const { backlog, roles, config } = await readSnapshot(project, true);
  const task = backlog.byKey.get(taskKey('A1'))!;
  const tip = gitIn(path, 'rev-parse', 'HEAD');
  const sides = await readSides(project, main(), tip);
  const wish = { role: roles[0]!, task, config, sides };
  const found = await readContract(project, { ...wish, publish: null, proposal: null });
  return found.map(({ severity, rule, message }) => `${severity} ${rule} ${message}`);
}

test('a secret that a later commit took away lands with the history all the same', async () => {
  const found = await findingsOfBranch({}, [{ 'src/key.txt': `${TOKEN}\n` }, { 'src/key.txt': null }]);
  expect(found).toEqual([
    'refused secret src/key.txt: an earlier commit of the branch, line 1: looks like a secret (GitHub token)',
  ]);
});

test('a secret that main has is no news, not even in a commit that was taken back', async () => {
  const onMain = { 'src/key.txt': `${TOKEN}\n` };
  const back = [{ 'src/key.txt': `a\n${TOKEN}\n` }, { 'src/key.txt': `${TOKEN}\n` }];
  expect(await findingsOfBranch(onMain, back)).toEqual([]);
  expect(await findingsOfBranch(onMain, [{ 'src/key.txt': `a\n${TOKEN}\n` }])).toEqual([]);
});

test("scripts are those of main's package.json", async () => {
  const rota = FILES['rota.yaml']!.replace('gate: none', 'gate: [npm test]');
  const manifest = (scripts: object) => JSON.stringify({ scripts });
  const onMain = { 'rota.yaml': rota, 'package.json': manifest({ test: 'node a.mjs' }), 'a.mjs': '' };
  expect(await findingsOfBranch(onMain, [{ 'a.mjs': 'process.exit(0)' }])).toEqual([
    'held gate-script modified a.mjs: the gate runs it (npm test); that decides what green means',
  ]);
  const [found] = await findingsOfBranch(onMain, [{ 'package.json': manifest({ test: 'true' }) }]);
  expect(found).toContain('held gate-script modified package.json: script "test" is what the gate runs');
});
