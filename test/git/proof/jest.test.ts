import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isThere } from '../../support/is-there.ts';
import { prove, RIGHT, reasonOf } from './fixture.ts';

/** Jest is no dependency of rota: its tests run where the machine has it on PATH. */
const JEST = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'jest'))
  .find((path) => existsSync(path));

const main = { 'package.json': JSON.stringify({ scripts: { test: 'jest --coverage' } }), 'src/sum.mjs': '' };
const WRONG = 'exports.sum = (a, b) => a - b;\n';
const FIX = { 'src/sum.js': RIGHT.replace('export const sum', 'exports.sum') };
const jestTest = (body: string) =>
  `const { sum } = require('../src/sum.js');\ndescribe('sum', () => {\n  ${body}\n});\n`;
const ADDS = "test('adds', () => { expect(sum(1, 2)).toBe(3); });";

describe.skipIf(!isThere('jest', '--version'))('jest', () => {
  const bin = JEST === undefined ? '' : realpathSync(dirname(JEST));
  const config = { setup: [`mkdir -p node_modules/.bin && ln -s ${bin}/jest node_modules/.bin/jest`] };
  const world = (text: string, more: Record<string, string> = {}) => ({
    main: {
      ...main,
      'src/sum.js': WRONG,
      'test/old.test.js': "test('old', () => { throw new Error('asked'); });\n",
    },
    branch: { ...FIX, ...more, 'test/sum.test.js': text },
    config,
  });

  test('proves a bug, with the changed file alone', async () => {
    const { report, log } = await prove(world(jestTest(ADDS)));
    expect(report, log('gate-1-proof-old-1.log')).toMatchObject({
      verdict: 'green',
      proof: {
        kind: 'proven',
        tests: [
          {
            name: 'sum > adds',
            file: 'test/sum.test.js',
            failure: expect.stringContaining('expect(received)'),
          },
        ],
      },
    });
  });

  test('a snapshot that is not there is not written and called equal', async () => {
    const text = jestTest("test('is', () => { expect(sum(1, 2)).toMatchSnapshot(); });");
    expect(await reasonOf(world(text))).toMatch(/^not green on the merge result: sum > is$/);
    const snapshot = '// Jest Snapshot v1, https://goo.gl/fbAQLP\n\nexports[`sum is 1`] = `3`;\n';
    const { report } = await prove(world(text, { 'test/__snapshots__/sum.test.js.snap': snapshot }));
    expect(report.proof).toMatchObject({ kind: 'proven', tests: [{ name: 'sum > is' }] });
  });

  test('a missing module is the wrong reason', async () => {
    const text = jestTest(ADDS).replace('../src/sum.js', '../src/new.js');
    expect(await reasonOf(world(text, { 'src/new.js': FIX['src/sum.js'] }))).toMatch(
      /^red for the wrong reason: /,
    );
  });
});
