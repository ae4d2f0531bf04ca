import { expect, test } from 'vitest';
import { caught, cheatScene, expectGreenMain, VITEST_SETUP, WRONG } from './cheat-scene.ts';

const RUN = 'node_modules/.bin/vitest run --reporter=json --outputFile={report}';
const WISH = {
  config: { gate: `[{run: "${RUN}", report: vitest}]`, setup: VITEST_SETUP },
  files: {
    'package.json': '{"type":"module","scripts":{"test":"vitest run"}}\n',
    'vitest.config.mjs': "export default { test: { include: ['spec/**/*.spec.mjs'] } };\n",
    'spec/a.spec.mjs': specs(),
    'spec/b.spec.mjs': specs(),
  },
};

/** `adds` is red with WRONG. */
function specs(adds = 'test', nothing = 'test', more = ''): string {
  return `import { describe, expect, test } from 'vitest';\nimport { sum } from '../src/sum.mjs';\n${more}describe('sum', () => {\n  ${adds}('adds', () => expect(sum(1, 2)).toBe(3));\n  ${nothing}('adds nothing', () => expect(sum(1, 0)).toBe(1));\n});\n`;
}

test('skipped on a condition, left out by another `only`: held, each by name', async () => {
  const s = await cheatScene(['A1'], WISH);
  const write = {
    'spec/a.spec.mjs': specs('test.skipIf(true)'),
    'spec/b.spec.mjs': specs('test', 'test.only'),
  };
  await caught(s, 'A1', [WRONG, { write }], {
    outcome: 'held',
    why: /^2 tests that ran on main are skipped now in .*: spec\/a\.spec\.mjs: sum > adds; spec\/b\.spec\.mjs: sum > adds; /,
  });
  expectGreenMain(s);
});

test('the runner is made to exit 0: red; its configuration is edited: held', async () => {
  const s = await cheatScene(['A1', 'A2'], WISH);
  const exits = specs('test', 'test', 'process.exit(0);\n');
  await caught(s, 'A1', [WRONG, { write: { 'spec/a.spec.mjs': exits } }], {
    outcome: 'red',
    why: /vitest run/,
  });
  const config = "export default { test: { include: ['none/**'], passWithNoTests: true } };\n";
  const workspace = "export default ['vitest.config.mjs'];\n";
  const write = { 'vitest.config.mjs': config, 'vitest.workspace.mjs': workspace };
  const { doc } = await caught(s, 'A2', [WRONG, { write }], {
    outcome: 'held',
    why: 'modified vitest.config.mjs: it tells the test runner which tests to run',
  });
  expect(doc.reason).toContain('added vitest.workspace.mjs: it tells the test runner which tests to run');
  expectGreenMain(s);
});

test('a bug whose test is where no runner looks, or cannot load: red', async () => {
  const s = await cheatScene(['A1', 'A2'], { ...WISH, role: { proof: '{bug: red-green}' }, type: 'bug' });
  const half =
    "import { expect, test } from 'vitest';\nimport { sum } from '../src/sum.mjs';\ntest('half', () => expect(sum(0.5, 1)).toBe(2));\n";
  const mend = { write: { 'src/sum.mjs': 'export const sum = (a, b) => Math.round(a + b);\n' } };
  await caught(s, 'A1', [mend, { write: { 'lib/half.test.mjs': half } }], {
    outcome: 'red',
    why: /never ran/,
  });
  await caught(s, 'A2', [mend, { write: { 'spec/half.spec.mjs': `${half}}}\n` } }], {
    outcome: 'red',
    why: 'red for the wrong reason: ',
  });
  expectGreenMain(s);
});
