import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { nodeTests } from '../../support/node-tests.ts';
import { expectIntact, expectTidy, type Scene, scene, taskFile, taskText } from '../../support/scene.ts';

const MODULES = resolve(import.meta.dirname, '../../../node_modules');
const NODE_GATE =
  '[{run: "node --test --test-reporter=tap --test-reporter-destination={report} test", report: tap, retry: 1}]';

function shop(wish: Parameters<typeof scene>[0] = {}): Promise<Scene> {
  return scene({
    ...wish,
    config: { gate: NODE_GATE, ...(typeof wish.config === 'function' ? {} : wish.config) },
    files: { 'test/a.test.mjs': nodeTests('a+', 'b+'), ...wish.files },
  });
}

function gateLines(s: Scene): string[] {
  return s.shared.git('log', '-1', '--format=%(trailers:key=Gate,valueonly)', 'main').trim().split('\n');
}

test('lands: how many tests ran is in the document and in the trailer, with the existing tests that changed', async () => {
  const s = await shop();
  s.agent.script('A1', [{ write: { 'test/a.test.mjs': nodeTests('a+', 'b+', 'c+') } }]);
  const end = await s.run();
  expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  expect(end.doc.gate.at(-1)).toMatchObject({ passed: true, tests: 3 });
  expect(gateLines(s)).toEqual([
    expect.stringMatching(/^green; node --test .* passed in \d+\.\ds, 3 tests$/),
    'existing tests changed: test/a.test.mjs',
  ]);
});

test('a test that is gone is held; a person accepts exactly that', async () => {
  const s = await shop();
  s.agent.script('A1', [{ write: { 'test/a.test.mjs': nodeTests('a+'), 'src/x.txt': 'x\n' } }]);
  const end = await s.run();
  expect(end, end.stderr).toMatchObject({ code: 1, doc: { outcome: 'held' } });
  expect(end.doc.reason).toMatch(/^1 test that main has is gone from node --test .*: b; a person must say/);
  expectTidy(s, end);
  expect(s.record('A1')).toMatchObject({ state: 'held' });
  const again = await s.rota(['land', 'A1']);
  expect(again.doc.outcome).toBe('held');
  const accepted = await s.rota(['land', 'A1', '--accept', 'b asked for too much']);
  expect(accepted, accepted.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectIntact(s, 'A1', 'done');
  const lines = gateLines(s);
  expect(lines).toContainEqual(expect.stringMatching(/^1 test that main has is gone from /));
  expect(lines).toContain('accepted: b asked for too much');
  expect(lines).toContainEqual(expect.stringMatching(/^accepted test-gone: b/));
});

test('a role with may-delete-tests lands it, and says so', async () => {
  const s = await shop({ role: { 'may-delete-tests': 'true' } });
  s.agent.script('A1', [{ write: { 'test/a.test.mjs': nodeTests('a+', 'b~') } }]);
  const end = await s.run();
  expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(gateLines(s)[2]).toMatch(/^1 test that ran on main is skipped now in node --test .*: b; /);
});

test('an agent that writes its own report and makes the runner silent lands nothing', async () => {
  const gate = '[{run: "node tools/test.mjs", report: out/junit.xml}]';
  const honest =
    "import { mkdirSync, writeFileSync } from 'node:fs';\nmkdirSync('out', { recursive: true });\nwriteFileSync('out/junit.xml', '<testsuites><testcase name=\"a\"/></testsuites>');\n";
  const s = await shop({ config: { gate }, files: { 'tools/test.mjs': honest } });
  const fake = '<testsuites><testcase name="a"/><testcase name="b"/></testsuites>';
  s.agent.script('A1', [
    { write: { 'out/junit.xml': fake, 'tools/test.mjs': "console.log('12 passed');\n" } },
  ]);
  const end = await s.run();
  expect(end, end.stderr).toMatchObject({ code: 1 });
  expect(['red', 'held']).toContain(end.doc.outcome);
  const landed = await s.rota(['land', 'A1', '--accept', 'whatever']);
  expect(landed.doc.outcome).toBe('red');
  expect(landed.doc.gate.at(-1)).toMatchObject({ name: 'node tools/test.mjs', passed: false });
  expectTidy(s, end);
});

test('flaky: lands, is named in the trailer, and counted by rota log --flaky; red work leaves it in the task’s log', async () => {
  const tasks = Object.fromEntries(['A1', 'A2', 'A3'].map((id) => [taskFile(id), taskText(id)]));
  const s = await shop({ tasks });
  const blinking = (more = '') =>
    `import assert from 'node:assert/strict';\nimport { existsSync, writeFileSync } from 'node:fs';\nimport { test } from 'node:test';\ntest('blinks', () => { const was = existsSync('was'); writeFileSync('was', ''); assert.ok(was); });\n${more}`;
  s.agent.script('A1', [{ write: { 'test/blink.test.mjs': blinking() } }]);
  s.agent.script('A2', [{ write: { 'src/y.txt': 'y\n' } }]);
  s.agent.script('A3', [
    { write: { 'test/red.test.mjs': blinking("test('red', () => assert.equal(1, 2));\n") } },
  ]);
  const first = await s.run('A1');
  expect(first, first.stderr).toMatchObject({ doc: { outcome: 'landed' } });
  expect(gateLines(s)).toContain('flaky: blinks');
  expect(first.stderr).toContain('flaky');
  const second = await s.run('A2');
  expect(second, second.stderr).toMatchObject({ doc: { outcome: 'landed' } });
  const third = await s.run('A3');
  expect(third.doc.outcome).toBe('red');
  const log = await s.rota(['log']);
  const seen = log.doc.filter(({ event }: { event: string }) => event === 'flaky');
  expect(seen.map(({ task, detail }: { task: string; detail: string }) => `${task} ${detail}`)).toEqual([
    'A1 blinks',
    'A2 blinks',
    'A3 blinks',
  ]);
  const { doc } = await s.rota(['log', '--flaky']);
  expect(doc).toEqual([{ test: 'blinks', count: 3, tasks: ['A1', 'A2', 'A3'], last: expect.any(String) }]);
  const text = await s.home.rota(['log', '--flaky', 'A2']);
  expect(text.stdout).toMatch(/^TIMES +LAST \(UTC\) +TASKS +TEST\n1 +\d{4}-.* A2 +blinks\n$/);
  const none = await s.home.rota(['log', '--flaky', '--json', 'A9']);
  expect(none.code).toBe(2);
});

test('by path: what nothing covers goes back to the agent as red, never as main-red', async () => {
  const gate =
    '[{when: ["src/**"], run: "test -e src/greet.txt"}, {when: ["docs/**"], run: "test ! -e docs/bad"}]';
  const s = await shop({ config: { gate }, role: { fixes: 1 } });
  s.agent.script('A1', [{ write: { 'lib/x.txt': 'x\n', 'src/x.txt': 'x\n' } }], [{ delete: ['lib/x.txt'] }]);
  const end = await s.run();
  expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.agent.prompt('A1', 2)).toContain('lib/x.txt: no entry of the gate is for it');
  expect(gateLines(s)).toEqual([
    expect.stringMatching(/^green; test -e src\/greet.txt passed in/),
    'not needed, nothing of theirs changed: test ! -e docs/bad (docs/**)',
  ]);
});

test('by path: main is red only where it is asked', async () => {
  const gate =
    '[{when: ["src/**"], run: "test ! -e src/broken"}, {when: ["docs/**"], run: "test ! -e docs/bad"}]';
  const tasks = Object.fromEntries(['A1', 'A2', 'A3'].map((id) => [taskFile(id), taskText(id)]));
  const s = await shop({ config: { gate }, tasks, files: { 'docs/bad': 'x\n' } });
  s.agent.script('A1', [{ write: { 'src/x.txt': 'x\n' } }]);
  s.agent.script('A2', [{ write: { 'src/broken': 'x\n' } }]);
  s.agent.script('A3', [{ write: { 'docs/x.txt': 'x\n' } }]);
  expect((await s.run('A1')).doc.outcome).toBe('landed');
  // Green was said of src only: here it is not main's fault, there it is.
  expect((await s.run('A2')).doc.outcome).toBe('red');
  const third = await s.run('A3');
  expect(third.doc, third.stderr).toMatchObject({ outcome: 'main-red' });
});

test('vitest, in both formats that it has', async () => {
  const run = (reporter: string) =>
    `node_modules/.bin/vitest run --reporter=${reporter} --outputFile={report}`;
  const gate = `[{run: "${run('json')}", report: vitest}, {run: "${run('junit')}", report: junit}]`;
  const setup = `["mkdir -p node_modules/.bin && ln -s ${MODULES}/.bin/vitest node_modules/.bin/vitest && ln -s ${MODULES}/vitest node_modules/vitest"]`;
  const sum = (tests: string) => `import { expect, test } from 'vitest';\n${tests}`;
  const s = await shop({
    config: { gate, setup },
    files: {
      '.gitignore': 'node_modules\n',
      'package.json': '{"type":"module"}\n',
      'vitest.config.mjs': "export default { test: { include: ['spec/**'] } };\n",
      'spec/a.spec.mjs': sum(
        "test('one', () => expect(1).toBe(1));\ntest('two', () => expect(1).toBe(1));\n",
      ),
    },
  });
  s.agent.script('A1', [
    {
      write: {
        'spec/a.spec.mjs': sum("test('one', () => expect(1).toBe(1));\ntest.skip('two', () => {});\n"),
      },
    },
  ]);
  const end = await s.run();
  expect(end.doc, end.stderr).toMatchObject({ outcome: 'held' });
  expect(end.doc.gate.slice(-3).map(({ tests }: { tests: number }) => tests)).toEqual([1, 1, null]);
  expect(
    end.doc.reason.match(/1 test that ran on main is skipped now in [^:]*: spec\/a\.spec\.mjs: two/g),
  ).toHaveLength(2);
  expectTidy(s, end);
});
