import { expect, test } from 'vitest';
import { caught, cheatScene, expectGreenMain, gateLines, sumTests } from './cheat-scene.ts';

const GATE =
  '[{run: "node --test --test-reporter=junit --test-reporter-destination={report} test/*.test.mjs", report: junit}]';
const WISH = {
  config: { gate: GATE },
  role: { proof: '{bug: red-green}' },
  type: 'bug',
  files: { 'package.json': '{"type":"module","scripts":{"test":"node --test"}}\n' },
};
const MEND = { write: { 'src/sum.mjs': 'export const sum = (a, b) => Math.round(a + b);\n' } };

const half = (more = '', body = 'assert.equal(sum(0.5, 1), 2)') =>
  `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { sum } from '../src/sum.mjs';\n${more}test('half', () => { ${body}; });\n`;
const adds = (text: string, path = 'test/half.test.mjs') => ({ write: { [path]: text } });

test('a reproduction that is red for another reason, or never, or not there: red, with the reason', async () => {
  const ids = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7'];
  const s = await cheatScene(ids, WISH);
  const wrong = 'red for the wrong reason: ';
  await caught(s, 'A1', [MEND, adds(`${half()}}}\n`)], { outcome: 'red', why: wrong });
  await caught(
    s,
    'A2',
    [MEND, { sh: 'cp src/sum.mjs src/half.mjs' }, adds(half().replace('/sum.mjs', '/half.mjs'))],
    {
      outcome: 'red',
      why: wrong,
    },
  );
  const reads = half("import { readFileSync } from 'node:fs';\n", "readFileSync('src/half.txt')");
  await caught(s, 'A3', [MEND, adds('x', 'src/half.txt'), adds(reads)], { outcome: 'red', why: wrong });
  await caught(s, 'A4', [MEND, adds(half('', 'assert.ok(sum)'))], {
    outcome: 'red',
    why: 'was green before: proves nothing: half',
  });
  await caught(s, 'A5', [MEND, adds(half().replace('test(', 'test.skip('))], {
    outcome: 'red',
    why: 'no test ran on old main, skipped: ',
  });
  await caught(s, 'A6', [MEND, adds(half(), 'test/half.mjs.txt')], {
    outcome: 'red',
    why: /never ran|no test reproduces/,
  });
  // Red once, and then not there any more.
  const once = half("import { sum as s } from '../src/sum.mjs';\nif (s(0.5, 1) !== 2) ");
  await caught(s, 'A7', [MEND, adds(once)], { outcome: 'red', why: /gone on the merge result: half/ });
  expectGreenMain(s);
});

test('a test that is red on purpose where main is, cannot be told from a reproduction: it lands, named in the trailer', async () => {
  const s = await cheatScene(['A1'], WISH);
  const reads = "import { readFileSync } from 'node:fs';\n";
  const body =
    "assert.ok(readFileSync(new URL('../src/sum.mjs', import.meta.url), 'utf8').includes('round'))";
  s.agent.script('A1', [MEND, adds(half(reads, body))]);
  const end = await s.run('A1');
  expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(gateLines(s)).toContain('proof: 1 test red on old main, green now: half');
  expect(s.onMain('test/sum.test.mjs')).toBe(sumTests());
});
