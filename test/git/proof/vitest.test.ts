import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prove, RIGHT, reasonOf, VITEST_PACKAGE, VITEST_SETUP, vitestTest } from './fixture.ts';

const MAIN = { 'package.json': VITEST_PACKAGE };
const FIX = { 'src/sum.mjs': RIGHT };
const config = { setup: [VITEST_SETUP] };

describe('vitest', () => {
  test('proves a bug; main’s own options are kept, and only the changed files run, once on either side', async () => {
    const script = 'vitest run --config config/vitest.mjs --coverage --reporter=dot';
    const main = {
      'package.json': JSON.stringify({ type: 'module', scripts: { test: script } }),
      'config/vitest.mjs':
        "export default { test: { root: '.', include: ['test/*.check.mjs'], setupFiles: ['./test/setup.mjs'] } };\n",
      'test/setup.mjs': '',
      'test/old.check.mjs': vitestTest('old', "throw new Error('not asked for')"),
    };
    const count =
      "import { appendFileSync } from 'node:fs';\nappendFileSync(process.env.HOME + '/runs', 'x');\n";
    const branch = { ...FIX, 'test/sum.check.mjs': `${count}${vitestTest()}` };
    const { report, box, log } = await prove({ main, branch, config });
    expect(report, log('gate-1-proof-old-1.log')).toMatchObject({
      verdict: 'green',
      proof: {
        kind: 'proven',
        tests: [
          {
            name: 'adds',
            file: 'test/sum.check.mjs',
            failure: 'AssertionError: expected -1 to be 3 // Object.is equality',
          },
        ],
      },
    });
    expect(readFileSync(join(box.env['HOME']!, 'runs'), 'utf8')).toBe('xx');
  });

  test('a new module is a missing import; a file beside it that proves is enough', async () => {
    const alone = vitestTest().replace('../src/sum.mjs', '../src/new.mjs');
    const branch = { ...FIX, 'src/new.mjs': RIGHT, 'test/new.test.mjs': alone };
    expect(await reasonOf({ main: MAIN, branch, config })).toMatch(
      /^red for the wrong reason: test\/new\.test\.mjs/,
    );
    const both = { ...branch, 'test/sum.test.mjs': vitestTest() };
    expect((await prove({ main: MAIN, branch: both, config })).report.proof).toMatchObject({
      kind: 'proven',
      tests: [{ name: 'adds', file: 'test/sum.test.mjs' }],
    });
  });

  test('a test outside what main’s configuration includes never ran', async () => {
    const main = {
      ...MAIN,
      'vitest.config.mjs': "export default { test: { include: ['src/**/*.test.mjs'] } };\n",
    };
    const branch = { ...FIX, 'test/sum.test.mjs': vitestTest() };
    expect(await reasonOf({ main, branch, config })).toMatch(/^never ran: .*test\/sum\.test\.mjs/);
    const widened = { ...branch, 'vitest.config.mjs': 'export default {};\n' };
    expect(await reasonOf({ main, branch: widened, config })).toMatch(/^never ran: /);
  });

  test('a project with vitest is proved by vitest: what imports node:test there never runs again', async () => {
    const text =
      "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { sum } from '../src/sum.mjs';\ntest('adds', () => { assert.equal(sum(1, 2), 3); });\n";
    const branch = { ...FIX, 'test/sum.test.mjs': text };
    expect(await reasonOf({ main: MAIN, branch, config })).toMatch(/^red for the wrong reason: /);
  });

  test('not installed: said, with what has to do it', async () => {
    const branch = { ...FIX, 'test/sum.test.mjs': vitestTest() };
    expect(await reasonOf({ main: MAIN, branch })).toBe(
      "vitest is not installed in the gate's checkout: rota.yaml's `setup` has to do that",
    );
  });

  test('setup that fails is no proof and no failure of one', async () => {
    const branch = { ...FIX, 'test/sum.test.mjs': vitestTest() };
    const { report } = await prove({ main: MAIN, branch, config: { setup: ['exit 9'] } });
    expect(report).toMatchObject({ verdict: 'red', proof: null });
    expect(report.checks.at(-1)).toMatchObject({ name: 'setup: exit 9', passed: false });
  });
});
