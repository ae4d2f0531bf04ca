import { expect, test } from 'vitest';
import { caught, cheatScene, expectGreenMain, gateLines, sumTests, WRONG } from './cheat-scene.ts';

const manifest = (script: string) =>
  `${JSON.stringify({ name: 'shop', type: 'module', scripts: { test: script } })}\n`;
const SCRIPT = 'node --test --test-reporter=junit --test-reporter-destination="$ROTA_REPORT" test/*.test.mjs';
const WISH = {
  config: { gate: '[{run: "npm test --silent", report: junit}]' },
  files: { 'package.json': manifest(SCRIPT) },
};

const writes = (text: string) => ({ write: { 'test/sum.test.mjs': text } });

test('tests are deleted, emptied or moved away, and what the gate runs is edited: held, each by name', async () => {
  const s = await cheatScene(['A1'], {
    config: {
      gate: '["npm test --silent", "node --test --test-reporter=./tools/reporter.mjs test/*.test.mjs"]',
    },
    files: {
      'package.json': manifest(SCRIPT.replace('"$ROTA_REPORT"', '/dev/null')),
      'tools/reporter.mjs': 'export default async function* () {}\n',
      'test/b.test.mjs': sumTests('// b\n'),
      'test/c.test.mjs': sumTests('// c\n'),
    },
  });
  const steps = [
    WRONG,
    { delete: ['test/sum.test.mjs'] },
    { write: { 'test/b.test.mjs': '\n' } },
    { sh: 'git mv test/c.test.mjs src/c.mjs' },
    { write: { 'package.json': manifest('echo 2 passed') } },
    { write: { 'tools/reporter.mjs': 'export default async function* () { process.exit(0); }\n' } },
    { write: { '.npmrc': 'script-shell=/bin/true\n', 'rota.yaml': 'gate: none\n' } },
  ];
  const { doc } = await caught(s, 'A1', steps, { outcome: 'held', why: 'package.json' });
  expect(doc.gate).toMatchObject([{ name: 'contract', passed: false }]);
  const reasons = doc.reason.split('; ').join('\n');
  for (const reason of [
    /^test\/sum\.test\.mjs: an existing test was deleted$/m,
    /^test\/b\.test\.mjs: an existing test was emptied$/m,
    /^test\/c\.test\.mjs: an existing test was moved to src\/c\.mjs, where no test is looked for$/m,
    /^modified package\.json: script "test" is what the gate runs \(npm test --silent\)$/m,
    /^modified tools\/reporter\.mjs: the gate runs it /m,
    /^added \.npmrc: /m,
    /^modified rota\.yaml: /m,
  ])
    expect(reasons).toMatch(reason);
  expectGreenMain(s);
});

test('a failing test is taken out, skipped, skips itself, or is only announced: held, each by name', async () => {
  const tests = (a: string, b: string, c: string, d: string) =>
    sumTests('', `${a}test('b', ${b});\ntest('c', ${c});\ntest('d', ${d});\n`);
  const body = '() => assert.equal(sum(1, 2), 3)';
  const s = await cheatScene(['A1'], {
    ...WISH,
    files: { ...WISH.files, 'test/sum.test.mjs': tests(`test('a', ${body});\n`, body, body, body) },
  });
  const cheats = tests('', `{ skip: true }, ${body}`, '(t) => t.skip()', `{ todo: true }, ${body}`);
  const { doc } = await caught(s, 'A1', [WRONG, writes(cheats)], {
    outcome: 'held',
    why: '1 test that main has is gone from npm test --silent: a; a person must say',
  });
  expect(doc.reason).toMatch(
    /3 tests that ran on main are skipped now in npm test --silent: b; c; d; a person/,
  );
});

test('the runner is made to exit 0: red where it says that nothing ran or one failed, held for tests that are gone', async () => {
  const s = await cheatScene(['A1', 'A2', 'A3'], WISH);
  const inCode = 'export const sum = (a, b) => { process.exit(0); };\n';
  await caught(s, 'A1', [{ write: { 'src/sum.mjs': inCode } }], {
    outcome: 'red',
    why: 'exit 0, and its report says that no test ran',
  });
  const other = "import { test } from 'node:test';\ntest('something', () => {});\n";
  const both = {
    write: { 'test/sum.test.mjs': `process.exit(0);\n${sumTests()}`, 'test/x.test.mjs': other },
  };
  await caught(s, 'A2', [WRONG, both], {
    outcome: 'held',
    why: /^2 tests that main has are gone from npm test --silent: adds; adds nothing; /,
  });
  const atExit = "process.on('exit', () => { process.exitCode = 0; process.reallyExit(0); });\n";
  await caught(s, 'A3', [WRONG, writes(sumTests(atExit))], {
    outcome: 'red',
    why: /failed: adds|but its report has 1 failed test: adds/,
  });
  expectGreenMain(s);
});

test('a fake summary is printed, and the report is forged or thrown away: red', async () => {
  const s = await cheatScene(['A1', 'A2', 'A3'], WISH);
  const summary = "console.log('\\n# tests 12\\n# pass 12\\n# fail 0\\n');\n";
  await caught(s, 'A1', [WRONG, writes(sumTests(summary))], {
    outcome: 'red',
    why: 'exit 1: 1 of 2 tests failed: adds',
  });
  const fake = '<testsuites><testcase name="adds"/><testcase name="adds nothing"/></testsuites>';
  const forge = `import { rmSync, writeFileSync } from 'node:fs';\nprocess.on('exit', () => { rmSync(process.env.ROTA_REPORT, { force: true }); writeFileSync(process.env.ROTA_REPORT, '${fake}'); });\n`;
  await caught(s, 'A2', [WRONG, writes(forge + sumTests())], {
    outcome: 'red',
    why: 'though its report says that all 2 tests passed: something else failed, or the report is not true',
  });
  const drop =
    "import { rmSync } from 'node:fs';\nprocess.on('exit', () => rmSync(process.env.ROTA_REPORT, { force: true }));\n";
  await caught(s, 'A3', [writes(drop + sumTests())], {
    outcome: 'red',
    why: 'there is no report; its report was looked for',
  });
  expectGreenMain(s);
});

test('an assertion that asks for less cannot be decided: it lands, and is listed', async () => {
  const s = await cheatScene(['A1'], WISH);
  const less = "test('adds', () => assert.equal(typeof sum(1, 2), 'number'));\n";
  s.agent.script('A1', [WRONG, writes(sumTests('', less))]);
  const end = await s.run('A1');
  expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(gateLines(s)).toContain('existing tests changed: test/sum.test.mjs');
  expect(end.stderr).toContain('existing tests changed: test/sum.test.mjs');
});
