import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { NODE_PACKAGE, nodeTest, prove, RIGHT, reasonOf, WRONG } from './fixture.ts';

const FIX = { 'src/sum.mjs': RIGHT };

describe('a bug is proved with node:test', () => {
  test('red on old main for an assertion, green on the merge result, by name', async () => {
    const branch = { ...FIX, 'test/sum.test.mjs': nodeTest() };
    const { report, events, log } = await prove({ branch, config: { gate: ['test -e src/sum.mjs'] } });
    expect(report).toMatchObject({
      verdict: 'green',
      failure: null,
      proof: {
        kind: 'proven',
        tests: [{ name: 'adds', failure: expect.stringContaining('-1 !== 3') }],
        greenBefore: [],
        line: 'proof: 1 test red on old main, green now: adds',
      },
    });
    expect(report.checks.map(({ name, passed, tests }) => [name, passed, tests])).toEqual([
      ['contract', true, null],
      ['backlog', true, null],
      ['proof', true, 1],
      ['test -e src/sum.mjs', true, null],
    ]);
    expect(events.filter((event) => event.type === 'gate')[2]).toMatchObject({
      ...{ name: 'proof', detail: '1 test red on old main, green now: adds' },
    });
    expect(log('gate-1-proof-old-1.log')).toBe('');
  });

  test('the gate itself starts on a clean checkout, whatever the tests left', async () => {
    const mess =
      "import { writeFileSync } from 'node:fs';\nwriteFileSync('left', ''); writeFileSync('src/sum.mjs', '');\n";
    const branch = { ...FIX, 'test/sum.test.mjs': nodeTest('adds', 'assert.equal(sum(1, 2), 3)', mess) };
    const gate = ['test ! -e left && test -s src/sum.mjs && git status --porcelain | wc -l | grep -qx 0'];
    expect((await prove({ branch, config: { gate } })).report).toMatchObject({ verdict: 'green' });
  });

  test('the tests see what main’s gate lets its commands see, and nothing more', async () => {
    const seen = 'assert.deepEqual([process.env.DB, process.env.KEY, sum(1, 2)], ["d", undefined, 3])';
    const branch = { ...FIX, 'test/sum.test.mjs': nodeTest('sees', seen) };
    const config = { gate: [{ run: 'true', env: ['DB'] }] };
    const { report } = await prove({ branch, config, variables: { DB: 'd', KEY: 'k' } });
    expect(report).toMatchObject({ verdict: 'green', proof: { kind: 'proven' } });
  });

  test('each changed test runs once on either side, and the others not at all', async () => {
    const count = (name: string) =>
      `import { appendFileSync } from 'node:fs';\nappendFileSync(process.env.HOME + '/runs', '${name}\\n');\n`;
    const old = { 'test/old.test.mjs': nodeTest('old', 'assert.ok(sum)', count('old')) };
    const branch = {
      ...FIX,
      'test/a.test.mjs': nodeTest('a', 'assert.equal(sum(1, 2), 3)', count('a')),
      'test/b.test.mjs': nodeTest('b', 'assert.equal(sum(0, 2), 2)', count('b')),
    };
    const { report, box } = await prove({ main: old, branch });
    expect(report).toMatchObject({ verdict: 'green', proof: { tests: [{ name: 'a' }, { name: 'b' }] } });
    const runs = readFileSync(join(box.env['HOME']!, 'runs'), 'utf8').trim().split('\n').sort();
    expect(runs).toEqual(['a', 'a', 'b', 'b']);
  });

  test('setup runs once for both sides and the gate, and is brought from its snapshot after that', async () => {
    const branch = { ...FIX, 'test/sum.test.mjs': nodeTest() };
    const config = { setup: ['echo x >> "$HOME/setups"'], gate: ['true'] };
    const { report, box } = await prove({ branch, config });
    expect(report.verdict).toBe('green');
    expect(readFileSync(join(box.env['HOME']!, 'setups'), 'utf8')).toBe('x\n');
  });

  test('helpers, fixtures and data travel along; a test that was green before is named and disturbs nothing', async () => {
    const branch = {
      ...FIX,
      'test/helper.mjs': 'export const three = 3;\n',
      // A file on main, a folder on the branch.
      'test/data': null,
      'test/data/two.json': '2',
      'test/sum.test.mjs': `${nodeTest('adds', 'assert.equal(sum(1, JSON.parse(readFileSync("test/data/two.json"))), three)', "import { existsSync, readFileSync } from 'node:fs';\nimport { three } from './helper.mjs';\n")}test('is a function', () => assert.equal(typeof sum, 'function'));\n`,
    };
    const { report } = await prove({ main: { 'test/data': '3' }, branch });
    expect(report.proof).toMatchObject({
      kind: 'proven',
      tests: [{ name: 'adds' }],
      greenBefore: ['is a function'],
    });
  });

  test('a test that exists and is changed proves as well as a new one; a renamed one counts where it is now', async () => {
    const main = { 'test/sum.test.mjs': nodeTest('adds', 'assert.equal(sum(3, 2), 1)') };
    const changed = { ...FIX, 'test/sum.test.mjs': nodeTest('adds', 'assert.equal(sum(3, 2), 5)') };
    expect((await prove({ main, branch: changed })).report.proof).toMatchObject({ kind: 'proven' });
    const moved = {
      ...FIX,
      'test/sum.test.mjs': null,
      'test/plus.test.mjs': nodeTest('adds', 'assert.equal(sum(3, 2), 5)'),
    };
    expect((await prove({ main, branch: moved })).report.proof).toMatchObject({ kind: 'proven' });
  });

  test('in a package of its own, from its own folder, whatever its path looks like', async () => {
    const folder = "packages/it's; touch $HOME/owned/";
    const main = { [`${folder}package.json`]: NODE_PACKAGE, [`${folder}src/sum.mjs`]: WRONG };
    const where = "import { existsSync } from 'node:fs';\nassert.ok(existsSync('src/sum.mjs'));\n";
    const branch = {
      [`${folder}src/sum.mjs`]: RIGHT,
      [`${folder}test/-rf \u00e9 'x'.test.mjs`]: nodeTest('adds', 'assert.equal(sum(1, 2), 3)', where),
    };
    expect((await prove({ main, branch })).report.proof).toMatchObject({ kind: 'proven' });
  });
});

describe('no proof', () => {
  test('no test changed, or nothing but data and deleted tests', async () => {
    const nothing = 'no test reproduces the bug';
    const { report, box } = await prove({ branch: FIX });
    expect(report).toMatchObject({
      verdict: 'red',
      proof: { kind: 'unproven', reason: nothing },
      failure: expect.stringContaining('The branch adds or changes no test that could run'),
      evidence: `red; proof failed, ${nothing}`,
    });
    expect(report.checks.at(-1)).toMatchObject({ name: 'proof', passed: false, detail: nothing });
    expect(box).toBeDefined();
    const main = { 'test/old.test.mjs': nodeTest() };
    expect(await reasonOf({ main, branch: { ...FIX, 'test/old.test.mjs': null, 'test/x.json': '1' } })).toBe(
      nothing,
    );
    expect(await reasonOf({ branch: { ...FIX, 'test/helper.mjs': 'export const x = 1;\n' } })).toBe(nothing);
  });

  test('green on old main already: it asserts nothing, or something else', async () => {
    const test = (name: string, assertion: string) => ({
      [`test/${name}.test.mjs`]: nodeTest(name, assertion),
    });
    const branch = { ...FIX, ...test('calls', 'sum(1, 2)'), ...test('other', 'assert.equal(sum(2, 0), 2)') };
    const reason = await reasonOf({ branch: { ...branch, ...test('empty', '') } });
    expect(reason).toBe('was green before: proves nothing: calls; empty; other');
  });

  test('red for the wrong reason: a syntax error, a missing import, an error of the test itself; told to the agent', async () => {
    const branch = {
      ...FIX,
      'src/sum.mjs': `${RIGHT}export const more = 1;\n`,
      'src/new.mjs': RIGHT,
      'src/only-here.txt': 'x',
      'test/syntax.test.mjs': `${nodeTest()}(`,
      'test/module.test.mjs': nodeTest().replace('../src/sum.mjs', '../src/new.mjs'),
      'test/export.test.mjs': nodeTest().replace('{ sum }', '{ sum, more }'),
      'test/throws.test.mjs': nodeTest('throws', 'throw new TypeError("x is not a function")'),
      'test/reads.test.mjs': nodeTest(
        'reads',
        "readFileSync('src/only-here.txt')",
        "import { existsSync, readFileSync } from 'node:fs';\n",
      ),
      'test/dressed.test.mjs': nodeTest('loads', "return assert.doesNotReject(import('../src/new.mjs'))"),
    };
    const { report } = await prove({ branch });
    const { failure } = report;
    expect(report.proof).toMatchObject({
      reason: expect.stringMatching(/^red for the wrong reason: .*; and 5 more$/),
    });
    expect(failure).toMatch(/^The proof failed: red for the wrong reason: .*\nRed for the wrong reason:\n- /);
    for (const name of ['test/syntax.test.mjs', 'test/module.test.mjs', 'test/export.test.mjs', 'loads'])
      expect(failure).toContain(`\n- ${name}: `);
    expect(failure).toMatch(/\n- throws: .*x is not a function\n/);
    expect(failure).toMatch(/\n- reads: .*ENOENT/);
    expect(failure).toContain('no import of a new module');
  });

  test('skipped on the merge result', async () => {
    const later = nodeTest().replace("test('adds',", "test('adds', { skip: sum(1, 2) === 3 },");
    expect(await reasonOf({ branch: { ...FIX, 'test/sum.test.mjs': later } })).toBe(
      'red on old main and skipped on the merge result: adds',
    );
  });

  test('gone on the merge result: another name each time', async () => {
    const named = nodeTest().replace("'adds'", "'adds ' + sum(0, 2)");
    expect(await reasonOf({ branch: { ...FIX, 'test/sum.test.mjs': named } })).toBe(
      'red on old main and gone on the merge result: adds -2',
    );
  });

  test('red on the merge result, be it another changed test', async () => {
    const other = `${nodeTest()}test('breaks', () => { assert.equal(sum(1, 1), 0); });\n`;
    expect(await reasonOf({ branch: { ...FIX, 'test/sum.test.mjs': other } })).toBe(
      'not green on the merge result: breaks',
    );
  });

  test('a test that sets the exit code of its own process does not touch the count', async () => {
    const lying = nodeTest(
      'adds',
      'assert.equal(sum(1, 2), 3)',
      "process.on('exit', () => { process.exitCode = 0; });\n",
    );
    const { report } = await prove({ branch: { ...FIX, 'test/sum.test.mjs': lying } });
    // The file's own process ends with 0, and the runner still counts its failed test.
    expect(report.proof).toMatchObject({ kind: 'proven' });
  });

  test('a runner that is made to end with success is not believed', async () => {
    const run = 'node --test --test-reporter=junit --test-reporter-destination={report} {files}; exit 0';
    const branch = { ...FIX, 'test/sum.test.mjs': nodeTest() };
    expect(await reasonOf({ branch, config: { proof: { run } } })).toMatch(
      /ended with success although its report has failures$/,
    );
  });

  test('stopped meanwhile: nothing is known, and nothing runs on', async () => {
    const stop = new AbortController();
    const hangs = nodeTest(
      'hangs',
      "appendFileSync(process.env.HOME + '/hanging', 'x'); return new Promise(() => setInterval(() => {}, 1000))",
      "import { appendFileSync } from 'node:fs';\n",
    );
    const branch = { ...FIX, 'test/sum.test.mjs': hangs };
    const { report, system } = await prove({
      ...{ branch, run: 'STOPPED', stop: stop.signal },
      meanwhile: async (home) => {
        await until(() => existsSync(join(home, 'hanging')), 'the test does not run');
        stop.abort();
      },
    });
    expect(report).toMatchObject({ verdict: 'interrupted', failure: null, proof: null });
    expect(await system.processTable.ofRun('STOPPED')).toEqual([]);
  });

  test('a test that never ends is ended', async () => {
    const hangs = nodeTest('hangs', 'return new Promise(() => setInterval(() => {}, 1000))');
    const run = [
      'node',
      '--test',
      '--test-reporter=junit',
      '--test-reporter-destination={report}',
      '{files}',
    ];
    const config = { proof: { run, 'time-limit': '2s' } };
    expect(await reasonOf({ branch: { ...FIX, 'test/sum.test.mjs': hangs }, config })).toMatch(
      /^red for the wrong reason: .* \(took longer than its limit of 2 s; /,
    );
  });

  test('TypeScript on a node that cannot run it: said, with the way out', async () => {
    const text = nodeTest().replace("'adds', ()", "'adds', (): void");
    if (Reflect.get(process.features, 'typescript')) return;
    const reason = await reasonOf({ branch: { ...FIX, 'test/sum.test.mts': text } });
    expect(reason).toMatch(/^this version of node cannot run TypeScript by itself.*proof: \{run: …\}/);
  });

  test('nobody is known who runs it', async () => {
    const branch = { ...FIX, 'test/sum_test.rb': 'x' };
    const { report } = await prove({ branch });
    expect(report.failure).toContain('nobody is known who runs test/sum_test.rb');
    expect(report.failure).toContain('proof: {run:');
  });
});
