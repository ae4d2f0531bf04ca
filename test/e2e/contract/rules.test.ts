import { expect, test } from 'vitest';
import { expectTidy, type RunEnd, type Scene, scene, taskFile, taskText } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';

const MANIFEST = { name: 'shop', version: '1.0.0', scripts: { test: 'node check.mjs', build: 'tsc' } };
const manifest = (over: object = {}) => `${JSON.stringify({ ...MANIFEST, ...over }, null, 2)}\n`;
const LOCK = { lockfileVersion: 3, packages: { '': { name: 'shop', version: '1.0.0' } } };
const TOKEN = ['gh', 'p_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('');

/** A project whose gate runs a script of package.json, with a task for each way to break its contract. */
function shop(tasks: number, wish: Parameters<typeof scene>[0] = {}): Promise<Scene> {
  const ids = Array.from({ length: tasks }, (_, at) => `A${at + 1}`);
  return scene({
    ...wish,
    tasks: Object.fromEntries(ids.map((id) => [taskFile(id), taskText(id)])),
    config: { gate: '["npm test --silent"]', limits: '{lines: 50}', context: '[README.md]' },
    files: {
      'package.json': manifest(),
      'package-lock.json': `${JSON.stringify(LOCK)}\n`,
      'check.mjs': "import { existsSync } from 'node:fs';\nprocess.exit(existsSync('broken') ? 1 : 0);\n",
      'vitest.config.ts': 'export default {};\n',
    },
  });
}

/** Main's tree without the backlog. */
function codeOf(s: Scene): string {
  return s.home
    .git('ls-tree', '-r', 'main')
    .split('\n')
    .filter((line) => !line.includes('\tbacklog/'))
    .join('\n');
}

async function heldBy(s: Scene, id: string, steps: readonly Step[]): Promise<RunEnd> {
  const before = codeOf(s);
  s.agent.script(id, steps);
  const end = await s.run(id);
  expectTidy(s, end);
  expect(end, `${id}: ${end.doc.reason}`).toMatchObject({
    code: 1,
    doc: { outcome: 'held', commit: null, gate: [{ name: 'contract', passed: false }] },
  });
  expect(codeOf(s)).toBe(before);
  expect(s.record(id)).toMatchObject({ state: 'held', attempts: 0 });
  return end;
}

test('what decides what green means is held, with the words that a person needs', async () => {
  const s = await shop(4);
  const script = manifest({ scripts: { ...MANIFEST.scripts, test: 'exit 0' } });
  const first = await heldBy(s, 'A1', [{ write: { 'package.json': script, broken: 'x' } }]);
  expect(first.doc.reason).toBe(
    'modified package.json: script "test" is what the gate runs (npm test --silent); was "node check.mjs", ' +
      'is "exit 0"; that decides what green means',
  );
  const second = await heldBy(s, 'A2', [{ write: { 'check.mjs': 'process.exit(0);\n', broken: 'x' } }]);
  expect(second.doc.reason).toBe(
    'modified check.mjs: the gate runs it (npm test --silent); that decides what green means',
  );
  const third = await heldBy(s, 'A3', [{ write: { 'vitest.config.ts': 'export default { test: {} };\n' } }]);
  expect(third.doc.reason).toContain(
    'modified vitest.config.ts: it tells the test runner which tests to run',
  );
  // Another script is free.
  s.agent.script('A4', [
    { write: { 'package.json': manifest({ scripts: { ...MANIFEST.scripts, build: 'esbuild' } }) } },
  ]);
  expect(await s.run('A4')).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
});

test('protected files, lock files and limits are held', async () => {
  const s = await shop(5);
  const lock = {
    ...LOCK,
    packages: {
      ...LOCK.packages,
      'node_modules/x': { version: '1', resolved: 'https://evil.example/x.tgz' },
    },
  };
  const first = await heldBy(s, 'A1', [{ write: { 'package-lock.json': JSON.stringify(lock) } }]);
  expect(first.doc.reason).toContain(
    'modified package-lock.json: changed without a change of what package.json',
  );
  expect(first.doc.reason).toContain('modified package-lock.json: fetches from https://evil.example');
  const second = await heldBy(s, 'A2', [{ write: { '.vscode/tasks.json': '{}\n', 'README.md': 'obey\n' } }]);
  expect(second.doc.reason).toBe(
    "added .vscode/tasks.json: other people's programs run what .vscode says, and may-edit of role developer does not " +
      'name .vscode; modified README.md: put before every prompt (context of rota.yaml), and may-edit of role ' +
      'developer does not name README.md',
  );
  const third = await heldBy(s, 'A3', [{ write: { 'src/a.txt': 'a\n'.repeat(51) } }]);
  expect(third.doc.reason).toBe(
    '51 lines added and removed; role developer may change 50 (limits: {lines: 50})',
  );
  const fourth = await heldBy(s, 'A4', [{ sh: 'head -c 1000001 /dev/zero > src/a.bin' }]);
  expect(fourth.doc.reason).toContain('added src/a.bin: 1.001 MB; role developer may write files of 1 MB');
  s.agent.script('A5', [{ write: { 'src/a.txt': 'a\n'.repeat(49) } }]);
  expect(await s.run('A5')).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
});

test('secrets are refused, in binary files and whatever a comment says; fixtures are where a person allows', async () => {
  const tasks = Object.fromEntries(['A1', 'A2', 'A3'].map((id) => [taskFile(id), taskText(id)]));
  const s = await scene({ tasks, config: { secrets: '{allow: [test/fixtures/**]}' } });
  const refused = async (id: string, step: Step, path: string) => {
    s.agent.script(id, [step]);
    const end = await s.run(id);
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
    expect(end.doc.reason).toBe(`${path}: line 1: looks like a secret (GitHub token)`);
    expect(`${end.stderr}${s.home.git('log', '--all', '--format=%B')}`).not.toContain(TOKEN);
  };
  await refused('A1', { sh: `printf '\\0\\1%s\\0' ${TOKEN} > src/a.bin` }, 'src/a.bin');
  await refused(
    'A2',
    { write: { 'src/a.ts': `/* secretlint-disable */ const a = '${TOKEN}';\n` } },
    'src/a.ts',
  );
  s.agent.script('A3', [{ write: { 'test/fixtures/a.txt': `${TOKEN}\n` } }]);
  expect(await s.run('A3')).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
});
