import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROTA } from '../support/repo.ts';
import { type Scene, scene, taskFile, taskText } from '../support/scene.ts';

/** The built command as a version of next year would call itself. */
function newerRota({ box }: Scene): string {
  const folder = join(box.folder, 'newer');
  cpSync(dirname(ROTA), folder, { recursive: true });
  let changed = 0;
  for (const name of readdirSync(folder).filter((one) => /\.c?js$/.test(one))) {
    const text = readFileSync(join(folder, name), 'utf8');
    const newer = text.replace(/version:"\d+\.\d+\.\d+"/g, 'version:"99.1.0"');
    if (newer === text) continue;
    writeFileSync(join(folder, name), newer);
    changed++;
  }
  expect(changed).toBeGreaterThan(0);
  return join(folder, 'rota.js');
}

test('a fleet of two versions: the one that is too old says so and touches nothing, the other one works', async () => {
  const s = await scene({ hub: 'file', config: { 'requires-rota': '">=99"', 'a-key-of-then': 'yes' } });
  s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }]);
  const before = s.shared.git('for-each-ref');
  for (const args of [['run', 'developer'], ['sweep']]) {
    expect(await s.rota(args)).toMatchObject({
      code: 2,
      doc: {
        error: {
          code: 'config',
          // Not the key that this version does not know: it would be no mistake there.
          message: expect.stringMatching(
            /^rota\.yaml:\d+: this repository requires rota 99\.0\.0 or newer, and this is [\d.]+; update it on this machine$/,
          ),
          hint: expect.stringContaining('npm install'),
        },
      },
    });
  }
  expect(s.shared.git('for-each-ref')).toBe(before);
  s.home.commit('chore: the key is not for now', {
    'rota.yaml': s.home.read('rota.yaml').replace(/a-key-of-then.*\n/, ''),
  });
  s.home.git('push', '-q', s.shared.root, 'main');
  const ran = await s.box.system().processes.run({
    ...{ argv: [process.execPath, newerRota(s), 'run', 'developer', '--json'], cwd: s.home.root },
    env: s.box.env,
  });
  expect(JSON.parse(ran.stdout.toString('utf8'))).toMatchObject({ outcome: 'landed', task: 'A1' });
});

test('a record of a newer version counts as held: not picked, not freed, not landed, and said so', async () => {
  const tasks = { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') };
  const s = await scene({ hub: 'file', tasks });
  s.agent.script('A2', [{ write: { 'src/a.txt': 'a\n' } }]);
  const blob = join(s.box.folder, 'record.yaml');
  writeFileSync(blob, 'v: 2\nholder: {worker: 01M, since: now}\n');
  const oid = s.shared.git('hash-object', '-w', blob);
  writeFileSync(blob, `100644 blob ${oid}\trecord.yaml\n`);
  const tree = s.shared.git('-c', `alias.tree=!git mktree < ${blob}`, 'tree');
  const commit = s.shared.git('-c', 'user.name=n', '-c', 'user.email=e', 'commit-tree', '-m', 'x', tree);
  s.shared.git('update-ref', 'refs/rota/tasks/A1', commit);
  expect((await s.run()).doc).toMatchObject({ outcome: 'landed', task: 'A2' });
  expect((await s.run()).doc).toMatchObject({ outcome: 'idle' });
  expect((await s.rota(['sweep'])).doc.freed).toEqual([]);
  const { doc } = await s.rota(['next', 'developer', '--explain']);
  expect(doc.explain.find(({ id }: { id: string }) => id === 'A1').reason).toMatch(/newer/);
  expect((await s.rota(['land', 'A1'])).code).not.toBe(0);
  expect(s.shared.git('rev-parse', 'refs/rota/tasks/A1')).toBe(commit);
});
