import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectIntact, expectTidy, type SceneWish, scene, taskFile, taskText } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';

const MODULES = resolve(import.meta.dirname, '../../../node_modules');
const VITEST = `mkdir -p node_modules/.bin && ln -s ${MODULES}/.bin/vitest node_modules/.bin/vitest && ln -s ${MODULES}/vitest node_modules/vitest`;

const WRONG = 'export const sum = (a, b) => a - b;\n';
const RIGHT: Step = { write: { 'src/sum.mjs': 'export const sum = (a, b) => a + b;\n' } };
const NODE_TEST: Step = {
  write: {
    'test/sum.test.mjs':
      "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { sum } from '../src/sum.mjs';\ntest('one and two are three', () => assert.equal(sum(1, 2), 3));\n",
  },
};
const VITEST_TEST: Step = {
  write: {
    'test/sum.test.mjs':
      "import { describe, expect, test } from 'vitest';\nimport { sum } from '../src/sum.mjs';\ndescribe('sum', () => {\n  test('one and two are three', () => expect(sum(1, 2)).toBe(3));\n  test('is a function', () => expect(typeof sum).toBe('function'));\n});\n",
  },
};

/** A project with a sum that is wrong, and role developer's bugs to be proved. */
function shop({ files, role, config, hub = 'none', type = 'bug' }: SceneWish & { type?: string } = {}) {
  return scene({
    hub,
    role: { proof: '{bug: red-green}', ...role },
    config: { gate: '["test ! -e broken"]', ...(typeof config === 'function' ? {} : config) },
    files: {
      '.gitignore': 'node_modules\n',
      'package.json': '{"type":"module","scripts":{"test":"node --test"}}\n',
      'src/sum.mjs': WRONG,
      ...files,
    },
    tasks: { [taskFile('A1')]: taskText('A1', { type }) },
  });
}

describe('a bug', () => {
  test('lands with its proof: in the trailers, in the run’s events and in its document', async () => {
    const s = await shop();
    s.agent.script('A1', [RIGHT, NODE_TEST]);
    const end = await s.run();
    expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, end);
    expectIntact(s, 'A1', 'done');
    const line = 'proof: 1 test red on old main, green now: one and two are three';
    const gate = s.shared
      .git('log', '-1', '--format=%(trailers:key=Gate,valueonly)', 'main')
      .trim()
      .split('\n');
    expect(gate).toEqual([expect.stringMatching(/^green; test ! -e broken passed in /), line]);
    expect(end.doc.gate.map(({ name, tests }: { name: string; tests: number }) => [name, tests])).toEqual([
      ['contract', null],
      ['backlog', null],
      ['proof', 1],
      ['test ! -e broken', null],
    ]);
    expect(end.doc.gate[2].detail).toBe('1 test red on old main, green now: one and two are three');
    const events = s.home.read(`.git/rota/runs/${end.doc.run}/events.jsonl`);
    expect(events).toContain('"detail":"1 test red on old main, green now: one and two are three"');
  });

  test('with vitest: the test that was green before is no part of the proof', async () => {
    const s = await shop({
      files: { 'package.json': '{"type":"module","scripts":{"test":"vitest run"}}\n' },
      config: { setup: JSON.stringify([VITEST]), gate: '["node_modules/.bin/vitest run"]' },
    });
    s.agent.script('A1', [RIGHT, VITEST_TEST]);
    const end = await s.run();
    expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(s.shared.git('log', '-1', '--format=%(trailers:key=Gate,valueonly)', 'main')).toContain(
      'proof: 1 test red on old main, green now: sum > one and two are three',
    );
  });

  test('without a test is red, goes back to the agent, and lands once a test reproduces it', async () => {
    const s = await shop({ role: { fixes: 1 } });
    s.agent.script('A1', [RIGHT], [NODE_TEST]);
    const end = await s.run();
    expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(s.agent.turns('A1')).toBe(2);
    expect(s.agent.prompt('A1', 2)).toContain('The proof failed: no test reproduces the bug.');
    expect(s.onMain('test/sum.test.mjs')).toContain('one and two are three');
  });

  test('that nothing proves is red and never main-red: the gate is not asked about main, main is not blamed', async () => {
    // Main's own gate is red: only a proof that fails before it keeps the blame where it belongs.
    const s = await shop({ config: { gate: '["exit 1"]' } });
    s.agent.script('A1', [RIGHT]);
    const end = await s.run();
    expect(end).toMatchObject({
      code: 1,
      doc: { outcome: 'red', reason: 'proof failed: no test reproduces the bug' },
    });
    expectTidy(s, end);
    expect(s.record('A1')).toMatchObject({
      attempts: 1,
      state: null,
      lock: null,
      notes: [{ outcome: 'red' }],
    });
    expect(s.record('A1').notes[0].text).toContain('no test reproduces the bug');
    expect(s.onMain('src/sum.mjs')).toBe(WRONG);
    expect(s.home.exists('.git/rota/main-verdict')).toBe(false);
  });

  test('that main has already been freed of: its test is green on old main', async () => {
    const s = await shop();
    s.agent.script('A1', [RIGHT, NODE_TEST, { pause: 'work' }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    s.home.commit('person: mend the sum', (RIGHT as { write: Record<string, string> }).write);
    s.agent.goOn('work');
    const end = await ended;
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'red' } });
    expect(s.record('A1').notes[0].text).toContain('was green before: proves nothing: one and two are three');
  });

  test('with `gate: none` is proved all the same: the role asks for it', async () => {
    const s = await shop({ config: { gate: 'none' } });
    s.agent.script('A1', [RIGHT, NODE_TEST]);
    expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(s.shared.git('log', '-1', '--format=%(trailers:key=Gate,valueonly)', 'main').trim()).toBe(
      'none\nproof: 1 test red on old main, green now: one and two are three',
    );
  });

  test('that is proposed tells its proof to people who review', async () => {
    const s = await shop({ hub: 'file', config: { integrate: 'pr' } });
    s.agent.script('A1', [RIGHT, NODE_TEST]);
    const end = await s.run();
    expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'proposed' } });
    const body = s.home.read(`.git/rota/runs/${end.doc.run}/proposal.md`);
    expect(body).toContain('1 test red on old main, green now: one and two are three');
    expect(s.shared.git('log', '-1', '--format=%(trailers:key=Gate,valueonly)', end.doc.branch)).toContain(
      'proof: 1 test red on old main, green now: one and two are three',
    );
  });

  test('that a person mended on a branch of their own is proved as well', async () => {
    const s = await shop();
    s.home.git('switch', '-q', '-c', 'mine');
    s.home.commit('fix: the sum', (RIGHT as { write: Record<string, string> }).write);
    s.home.git('switch', '-q', 'main');
    const land = () => s.rota(['land', 'A1', '--branch', 'mine']);
    const reason = 'proof failed: no test reproduces the bug';
    expect(await land()).toMatchObject({ code: 1, doc: { outcome: 'red', reason } });
    s.home.git('switch', '-q', 'mine');
    s.home.commit('test: the sum', (NODE_TEST as { write: Record<string, string> }).write);
    s.home.git('switch', '-q', 'main');
    expect(await land()).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(s.onMain('test/sum.test.mjs')).toContain('one and two are three');
  });

  test('that waits for its landing lands with the proof it had', async () => {
    const s = await shop();
    s.agent.script('A1', [RIGHT, NODE_TEST]);
    s.home.write('src/sum.mjs', 'a person is at work\n');
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'waiting' } });
    s.home.write('src/sum.mjs', WRONG);
    const swept = await s.rota(['sweep']);
    expect(swept.doc.landed, swept.stderr).toHaveLength(1);
    expect(s.shared.git('log', '-1', '--format=%(trailers:key=Gate,valueonly)', 'main')).toContain(
      'proof: 1 test red on old main',
    );
  });
});

test('a feature of the same role needs no proof', async () => {
  const s = await shop({ type: 'feature' });
  s.agent.script('A1', [RIGHT]);
  const end = await s.run();
  expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(end.doc.gate.map(({ name }: { name: string }) => name)).not.toContain('proof');
});
