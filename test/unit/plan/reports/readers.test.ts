import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MOST_REPORT, readReport } from '../../../../src/plan/reports/read-report.ts';
import { formatOf, type ReportFormat } from '../../../../src/plan/reports/report-format.ts';

/** What runners really wrote; the checkout was at `/checkout`. */
function sample(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, 'samples', name));
}

/** Every test on one line: state, kind of failure, file, name. */
async function linesOf(bytes: Buffer, format: ReportFormat): Promise<string[]> {
  const read = await readReport(bytes, format, '/checkout');
  if ('problem' in read) throw new Error(read.problem);
  return read.tests.map(
    ({ state, file, name, failure }) => `${failure?.kind ?? state} | ${file ?? '-'} | ${name}`,
  );
}

async function problemOf(text: string | Buffer, format: ReportFormat): Promise<string> {
  const read = await readReport(typeof text === 'string' ? Buffer.from(text) : text, format, null);
  return 'problem' in read ? read.problem : `no problem, ${read.tests.length} tests`;
}

const VITEST = [
  'passed | test/a.test.js | suite > adds',
  'assertion | test/a.test.js | suite > fails <x>',
  'skipped | test/a.test.js | suite > skipped',
  'error | test/a.test.js | suite > inner > throws',
  'passed | test/a.test.js | suite > inner > ok',
  'skipped | test/a.test.js | todo',
  'assertion | test/a.test.js | snap',
  'error | test/a.test.js | slow',
  'error | test/bad.test.js | test/bad.test.js',
  'error | test/empty.test.js | test/empty.test.js',
  'skipped | test/hook.test.js | h > x',
];

const NODE_TEST = [
  'assertion | suite > fails <x>',
  'assertion | parent > child',
  'error | suite > inner > throws',
  'error | bad.test.mjs',
  'error | syn.test.mjs',
  'passed | suite > adds',
  'passed | suite > inner > ok',
  'passed | top',
  'passed | hooked > x',
  'skipped | suite > skipped',
  'skipped | todo',
];

describe('what runners write', () => {
  it('vitest as JSON: a file that cannot load, has no test, or whose hook fails is a failed test', async () => {
    expect(await linesOf(sample('vitest.json'), 'vitest')).toEqual([
      ...VITEST,
      'error | test/hook.test.js | test/hook.test.js',
      'error | test/syn.test.js | test/syn.test.js',
    ]);
  });

  it('vitest as JUnit has the same names', async () => {
    expect(await linesOf(sample('vitest.xml'), 'junit')).toEqual([
      ...VITEST,
      'error | test/hook.test.js | h',
      'error | test/syn.test.js | test/syn.test.js',
    ]);
  });

  it.each([
    ['node-test.xml', 'junit'],
    ['node-test.tap', 'tap'],
  ] as const)(
    'node:test (%s): no suite is a test, and a file without tests is none',
    async (name, format) => {
      const lines = (await linesOf(sample(name), format)).map((line) => line.replace(/ \| .* \| /, ' | '));
      expect(lines.sort()).toEqual([...NODE_TEST].sort());
    },
  );

  it('node:test as TAP says where a test that failed is', async () => {
    expect(await linesOf(sample('node-test.tap'), 'tap')).toContain(
      'assertion | a.test.mjs | suite > fails <x>',
    );
  });

  it('jest as JSON', async () => {
    expect(await linesOf(sample('jest.json'), 'jest')).toEqual([
      'passed | sum.test.js | sum > adds',
      'assertion | sum.test.js | sum > subtracts',
      'error | sum.test.js | sum > throws',
      'assertion | sum.test.js | sum > asserts',
      'skipped | sum.test.js | sum > waits',
      'skipped | sum.test.js | sum > later',
      'error | bad.test.js | bad.test.js',
    ]);
  });

  it('jest-junit', async () => {
    const lines = await linesOf(sample('jest-junit.xml'), 'junit');
    expect(lines.slice(0, 3)).toEqual([
      'passed | - | sum adds',
      'assertion | - | sum subtracts',
      'skipped | - | sum waits',
    ]);
    expect(lines[3]).toMatch(/^error \| bad\.test\.js \| /);
  });

  it('pytest: expected failures are skipped, fixtures and collection are errors', async () => {
    expect(await linesOf(sample('pytest.xml'), 'junit')).toEqual([
      'error | - | pytest > tests.test_load',
      'error | - | pytest > tests.test_syn',
      'passed | - | tests.test_a > test_ok',
      'assertion | - | tests.test_a > test_bad',
      'error | - | tests.test_a > test_name',
      'assertion | - | tests.test_a > test_raises',
      'assertion | - | tests.test_a.TestC > test_m',
      'skipped | - | tests.test_a > test_s',
      'skipped | - | tests.test_a > test_xf',
      'assertion | - | tests.test_a.U > test_u',
      'error | - | tests.test_a > test_fix',
    ]);
  });

  it('go test -json: subtests stand for the test around them, a crash and a broken build are errors', async () => {
    expect(await linesOf(sample('go.jsonl'), 'go')).toEqual([
      'passed | - | example.com/x > TestOk',
      'assertion | - | example.com/x > TestBad',
      'assertion | - | example.com/x > TestSub > one',
      'error | - | example.com/x > TestPanic',
      'error | - | example.com/x/bad',
    ]);
  });

  it('go-junit-report keeps packages apart', async () => {
    expect(await linesOf(sample('go-junit-report.xml'), 'junit')).toEqual([
      'passed | - | example.com/x > TestOk',
      'assertion | - | example.com/x > TestBad',
      'error | - | example.com/x > TestPanic',
      'skipped | - | example.com/x > TestSkip',
      'error | - | example.com/x/bad > [build failed]',
    ]);
  });

  it('surefire: one <testsuite> at the top, times with a comma', async () => {
    expect(await linesOf(sample('surefire.xml'), 'junit')).toEqual([
      'passed | - | com.acme.UserTest > reads',
      'assertion | - | com.acme.UserTest > writes',
      'error | - | com.acme.UserTest > breaks',
      'skipped | - | com.acme.UserTest > waits',
    ]);
    const read = await readReport(sample('surefire.xml'), 'junit');
    expect('tests' in read && read.tests[0]?.seconds).toBe(0.012);
  });

  it('messages are plain text, and so are names', async () => {
    const xml =
      '<testsuites><testcase name="a&#27;[31m b&#10;c" classname=""><failure message="x&#27;[2J &lt;y&gt; &amp;amp; &#x1F600;"/></testcase></testsuites>';
    const read = await readReport(Buffer.from(xml), 'junit');
    expect('tests' in read && read.tests).toEqual([
      {
        ...{ name: 'a b c', file: null, state: 'failed', seconds: null },
        failure: { kind: 'error', message: 'x <y> &amp; 😀' },
      },
    ]);
  });

  it('paths outside of the checkout are no files of it, and its place is not part of a name', async () => {
    const report = (name: string, title: string) =>
      JSON.stringify({ testResults: [{ name, assertionResults: [{ title, status: 'passed' }] }] });
    const read = (name: string, title = 'x') => linesOf(Buffer.from(report(name, title)), 'jest');
    expect(await read('/checkout/a/b.test.ts')).toEqual(['passed | a/b.test.ts | x']);
    expect(await read('/elsewhere/b.test.ts')).toEqual(['passed | - | x']);
    expect(await read('../b.test.ts')).toEqual(['passed | - | x']);
    expect(await read('C:\\a\\b.test.ts')).toEqual(['passed | - | x']);
    expect(await read('./b.test.ts', 'reads /checkout/data/x.txt')).toEqual([
      'passed | b.test.ts | reads data/x.txt',
    ]);
  });
});

describe('what nobody should have written', () => {
  const entities = `<?xml version="1.0"?>\n<!-- a > b --><!DOCTYPE lolz [<!ENTITY a "${'lol'.repeat(50)}"><!ENTITY b "${'&a;'.repeat(50)}">]>\n<testsuites><testcase name="&b;"/></testsuites>`;
  const outside =
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuites><testcase name="&a;"/></testsuites>';

  it.each([
    ['', 'junit', 'it is empty'],
    [' \n', 'vitest', 'it is empty'],
    [Buffer.from([0xff, 0xfe, 0x3c, 0]), 'junit', 'it is no text in UTF-8'],
    [entities, 'junit', 'it has a DOCTYPE'],
    [outside, 'junit', 'it has a DOCTYPE'],
    [`\ufeff<?xml version="1.0"?>${outside}`, 'junit', 'it has a DOCTYPE'],
    ['<testsuites><testcase name="a"/>', 'junit', 'it is no complete XML'],
    ['<testsuites><testcase name="a"></testsuites>', 'junit', 'it is no complete XML'],
    ['<testsuites><testcase name="a', 'junit', 'it is no complete XML'],
    ['<testsuites></testsuites><testsuites></testsuites>', 'junit', 'it is no complete XML'],
    ['no xml at all', 'junit', 'it is no complete XML'],
    ['<html><body>ok</body></html>', 'junit', 'it is XML, but no JUnit report'],
    ['{"testResults": [', 'vitest', 'it is no complete JSON'],
    ['{}', 'vitest', 'it is JSON, but no report of vitest or jest'],
    ['[1]', 'jest', 'it is JSON, but no report of vitest or jest'],
    ['null', 'jest', 'it is JSON, but no report of vitest or jest'],
    ['all tests passed', 'tap', 'it is no TAP'],
    ['TAP version 13\nok 1 - a\n', 'tap', 'it is cut off: there is no plan'],
    ['TAP version 13\nok 1 - a\n1..2\n', 'tap', 'it is cut off, or a test ended the runner: 2 tests planned'],
    ['TAP version 13\n    ok 1 - a\n    1..2\nok 1 - s\n1..1\n', 'tap', 'it is cut off, or a test ended'],
    ['PASS\nok example.com/x 0.1s\n', 'go', 'it is no output of `go test -json`'],
    ['{"Action":"run","Package":"x","Test":"TestA"}\n', 'go', 'it is cut off: tests that began have no end'],
  ] as const)('%j as %s: %s', async (text, format, problem) => {
    expect(await problemOf(text as string | Buffer, format)).toContain(problem);
  });

  it('an entity of its own stays what it is', async () => {
    expect(
      await linesOf(Buffer.from('<testsuites><testcase name="&lol; x"/></testsuites>'), 'junit'),
    ).toEqual(['passed | - | &lol; x']);
  });

  it('a page that some test printed is no DOCTYPE of the report', async () => {
    const xml =
      '<testsuites><testcase name="a"><failure message="m"><![CDATA[<!DOCTYPE html><p>]]></failure></testcase></testsuites>';
    expect(await linesOf(Buffer.from(xml), 'junit')).toEqual(['error | - | a']);
  });

  it.each([
    ['tags within tags', '<testsuite>'.repeat(5000) + '</testsuite>'.repeat(5000), 'junit'],
    ['lists within lists', '['.repeat(100_000), 'jest'],
    ['names that mean something', '<testsuites><__proto__><constructor/></__proto__></testsuites', 'junit'],
  ] as const)('%s', async (_, text, format) => {
    expect(await problemOf(text, format)).toMatch(/^it is no /);
  });

  it('too large, and too many tests', async () => {
    expect(await problemOf(Buffer.alloc(MOST_REPORT + 1, 0x20), 'junit')).toBe(
      'it has 16 MiB; a report of more than 16 MiB is not read',
    );
    expect(await problemOf(`TAP version 13\n${'ok\n'.repeat(250_002)}`, 'tap')).toBe(
      'it has more than 250000 tests',
    );
  });

  it('something else in the place of a test is none, and changes nothing', async () => {
    const report = {
      testResults: [null, 5, 'x', { name: 7, assertionResults: 'y' }, { assertionResults: [null, {}, []] }],
    };
    // `{}` has no state: it did not pass.
    expect(await linesOf(Buffer.from(JSON.stringify(report)), 'jest')).toEqual([
      'error | - | (without a name)',
    ]);
  });

  it('Bail out! is a failure, whatever passed before', async () => {
    expect(await linesOf(Buffer.from('TAP version 13\nok 1 - a\nBail out! no disk\n'), 'tap')).toEqual([
      'passed | - | a',
      'error | - | Bail out!',
    ]);
  });
});

describe('formatOf', () => {
  it.each([
    ['out/junit.xml', '', 'junit'],
    ['report', '<?xml version="1.0"?>', 'junit'],
    ['r.tap', '', 'tap'],
    ['r.json', '{"testResults":[]}', 'vitest'],
    ['r.json', '{"Time":"x","Action":"run","Package":"x"}\n', 'go'],
    ['r.txt', 'TAP version 13', 'tap'],
    ['r.XML', '{', 'junit'],
  ])('%s that begins with %j is %s', (path, text, format) => {
    expect(formatOf(path, text)).toBe(format);
  });
});
