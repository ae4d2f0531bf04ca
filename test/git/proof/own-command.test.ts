import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isThere } from '../../support/is-there.ts';
import { prove, reasonOf } from './fixture.ts';

describe.skipIf(!isThere('python3', '-m', 'pytest', '--version'))('pytest, by `proof: {run}`', () => {
  const main = { 'package.json': '{}', 'calc.py': 'def add(a, b):\n    return a - b\n' };
  const fix = { 'calc.py': 'def add(a, b):\n    return a + b\n' };
  const proof = { run: 'python3 -m pytest -q -p no:cacheprovider {files} --junitxml={report}' };

  test('proves a bug; conftest and data travel along, a name with blanks is a name', async () => {
    const branch = {
      ...fix,
      'tests/conftest.py': 'import pytest\n\n@pytest.fixture\ndef three():\n    return 3\n',
      'tests/test_a $(touch owned); b.py':
        'import sys\nsys.path.insert(0, ".")\nfrom calc import add\n\ndef test_adds(three):\n    assert add(1, 2) == three\n\ndef test_zero():\n    assert add(1, 0) == 1\n',
    };
    const { report } = await prove({ main, branch, config: { proof, gate: ['test ! -e owned'] } });
    expect(report).toMatchObject({
      verdict: 'green',
      proof: { kind: 'proven', tests: [{ name: expect.stringContaining('test_adds') }] },
    });
    expect(report.proof).toMatchObject({ greenBefore: [expect.stringContaining('test_zero')] });
  });

  test('a missing import is the wrong reason; nothing collected is never ran', async () => {
    const test = 'from calc import more\n\ndef test_more():\n    assert more() == 1\n';
    const wrong = { 'calc.py': `${fix['calc.py']}\ndef more():\n    return 1\n`, 'test_more.py': test };
    expect(await reasonOf({ main, branch: wrong, config: { proof } })).toMatch(/^red for the wrong reason: /);
    const none = { ...fix, 'test_none.py': 'def check():\n    assert False\n' };
    expect(await reasonOf({ main, branch: none, config: { proof } })).toMatch(/^never ran: .*test_none\.py/);
  });
});

describe.skipIf(!isThere('go', 'version'))('go test, by `proof: {run}` with {packages}', () => {
  const main = {
    'package.json': '{}',
    'go.mod': 'module example.org/calc\n\ngo 1.19\n',
    'calc/calc.go': 'package calc\n\nfunc Add(a, b int) int { return a - b }\n',
  };
  const fix = { 'calc/calc.go': 'package calc\n\nfunc Add(a, b int) int { return a + b }\n' };
  const proof = { run: 'go test -json {packages} > {report}', report: 'go', env: ['GOCACHE'] };
  // One for all: a new one compiles the standard library anew.
  const variables = { GOCACHE: '' };
  beforeAll(() => {
    variables.GOCACHE = mkdtempSync(join(tmpdir(), 'rota-go-'));
  });
  afterAll(() => rmSync(variables.GOCACHE, { recursive: true, force: true }));
  const head = 'package calc\n\nimport "testing"\n\n';

  test('proves a bug, and what does not compile is the wrong reason', async () => {
    const text = `${head}func TestAdd(t *testing.T) {\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("Add(1, 2) = %d", got)\n\t}\n}\n`;
    const { report, log } = await prove({
      main,
      branch: { ...fix, 'calc/calc_test.go': text },
      config: { proof },
      variables,
    });
    expect(report.proof, log('gate-1-proof-old-1.log')).toMatchObject({
      kind: 'proven',
      tests: [
        { name: expect.stringContaining('TestAdd'), failure: expect.stringContaining('Add(1, 2) = -1') },
      ],
    });
    const more = { 'calc/calc.go': `${fix['calc/calc.go']}\nfunc More() int { return 1 }\n` };
    const uses = `${head}func TestMore(t *testing.T) {\n\tif More() != 1 {\n\t\tt.Error("no")\n\t}\n}\n`;
    expect(
      await reasonOf({ main, branch: { ...more, 'calc/calc_test.go': uses }, config: { proof }, variables }),
    ).toMatch(/^red for the wrong reason: /);
  });
});

describe('any command', () => {
  const main = { 'package.json': '{}', 'answer.txt': 'wrong\n' };
  const branch = { 'answer.txt': 'right\n', 'spec/answer_spec.rb': 'x\n', 'spec/data.txt': 'y\n' };
  const junit = (body: string) => `<testsuite tests="1">${body}</testsuite>`;
  const failing = junit(
    '<testcase name="answers"><failure type="AssertionError" message="AssertionError: no">AssertionError: no</failure></testcase>',
  );
  const script = `if grep -q right answer.txt; then echo '${junit('<testcase name="answers"/>')}' > {report}; else echo '${failing}' > {report}; exit 1; fi`;

  test('as a list: one argument for each file, the report in its place, no shell', async () => {
    const run = [
      'sh',
      '-c',
      `test "$1 $#" = "spec/answer_spec.rb 2" && test -n "$2" && ${script}`,
      'sh',
      '{files}',
      '{report}',
    ];
    const { report } = await prove({ main, branch, config: { proof: { run, files: ['spec/**'] } } });
    expect(report.proof).toMatchObject({ kind: 'proven', tests: [{ name: 'answers' }] });
  });

  test('the first whose files match takes a file; what none takes is for nobody', async () => {
    const never = { run: 'exit 9; {files} {report}', files: ['**/*.py'] };
    const second = { run: `: {files} {report}; ${script}`, files: ['**/*.rb'] };
    expect((await prove({ main, branch, config: { proof: [never, second] } })).report.proof).toMatchObject({
      kind: 'proven',
    });
    expect(await reasonOf({ main, branch, config: { proof: [never] } })).toMatch(
      /^nobody is known who runs spec/,
    );
  });

  test('no report, a broken one, one with no test, a link to one: never a proof', async () => {
    const reason = (text: string) =>
      reasonOf({ main, branch, config: { proof: { run: `: {files} {report}; ${text}` } } });
    expect(await reason('exit 1')).toMatch(/^red for the wrong reason: .*exit 1; there is no report\)$/);
    expect(await reason('exit 0')).toMatch(/there is no report/);
    expect(await reason('echo "<testsuite" > {report}; exit 1')).toMatch(/the report cannot be read: /);
    expect(await reason(`echo '${junit('')}' > {report}`)).toMatch(/^never ran|the report cannot be read/);
    expect(await reason('echo x > other; ln -s "$PWD/other" {report}; exit 1')).toMatch(
      /the report is a symbolic link/,
    );
  });

  test('a report in the branch, under whatever name, is not looked at', async () => {
    const planted = {
      ...branch,
      'spec/junit.xml': failing,
      'junit.xml': failing,
      'reports/report.xml': failing,
    };
    const run = ': {files} {report}; exit 1';
    expect(await reasonOf({ main, branch: planted, config: { proof: { run } } })).toMatch(
      /there is no report/,
    );
  });

  test('only the named variables reach it', async () => {
    const run = `: {files} {report}; test -z "$SECRET" && ${script}`;
    expect((await prove({ main, branch, config: { proof: { run } } })).report.proof).toMatchObject({
      kind: 'proven',
    });
  });
});
