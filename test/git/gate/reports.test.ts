import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GateCommand } from '../../../src/config.ts';
import { isThere } from '../../support/is-there.ts';
import { nodeTests } from '../../support/node-tests.ts';
import { until } from '../../support/until.ts';
import { gateRig } from './fixture.ts';
import { NODE, reportWorld } from './report-world.ts';

const MODULES = resolve(import.meta.dirname, '../../../node_modules');
const GREEN_XML = '<testsuites><testcase name="a"/><testcase name="b"/></testsuites>';

/** A gate of one command with a report at a path in the checkout. */
function atPath(run: string, path = 'out/junit.xml'): Pick<GateCommand, 'run' | 'report'> {
  return { run, report: { format: null, path } };
}

async function lastCheck(gate: Pick<GateCommand, 'run' | 'report'>, files?: Record<string, string>) {
  const { judge } = await gateRig(files);
  const report = await judge([gate]);
  return { verdict: report.verdict, ...report.checks.at(-1), failure: report.failure };
}

describe('what ran', () => {
  test('node:test: tests are counted, in the check, the evidence and the event; the report stays with the run', async () => {
    const { judge, runFolder, repository } = await gateRig({
      'test/a.test.mjs': nodeTests('a+', 'b+', 'c~'),
    });
    const report = await judge([NODE]);
    expect(report, report.failure ?? '').toMatchObject({ verdict: 'green' });
    expect(report.checks.at(-1)).toMatchObject({ passed: true, tests: 2, detail: null });
    expect(report.evidence).toMatch(/passed in \d+\.\ds, 2 tests$/);
    expect(readFileSync(join(runFolder, 'gate-1-1-report.xml'), 'utf8')).toContain('<testcase name="a"');
    expect(readdirSync(join(repository.cacheDir, 'reports'))).toEqual([]);
  });

  test('vitest as JSON, in a list of arguments', async () => {
    const text = "import { expect, test } from 'vitest';\ntest('a', () => expect(1).toBe(1));\n";
    const { judge } = await gateRig({
      'a.test.js': text,
      'package.json': '{"type":"module"}',
      '.gitignore': 'node_modules\n',
    });
    const run = ['node', `${MODULES}/vitest/vitest.mjs`, 'run', '--reporter=json', '--outputFile={report}'];
    const setup = `mkdir node_modules && ln -s ${MODULES}/vitest node_modules/vitest`;
    const report = await judge([{ run, report: { format: 'vitest', path: null } }], {}, [setup]);
    expect(report, report.failure ?? '').toMatchObject({ verdict: 'green' });
    expect(report.checks.at(-1)).toMatchObject({ tests: 1 });
  });

  test('a failure tells which tests failed, and what they said', async () => {
    const check = await lastCheck(NODE, { 'test/a.test.mjs': nodeTests('a+', 'b-') });
    expect(check).toMatchObject({ verdict: 'red', tests: 2, detail: 'exit 1: 1 of 2 tests failed: b' });
    expect(check.failure).toContain(
      'Failed tests (1), as its report has them:\n- b\n  Expected values to be',
    );
  });

  test('the name of the report is another one each time, outside of the checkout; the variable is only for who needs it', async () => {
    const { judge, runFolder, repository } = await gateRig();
    const seen = async (run: string) => {
      await judge([{ run: `${run}; echo "[$ROTA_REPORT]"`, report: { format: 'junit', path: null } }]);
      return readFileSync(join(runFolder, 'gate-1-1.log'), 'utf8').trim().split('\n');
    };
    const names = [...(await seen('echo {report}')), ...(await seen('echo {report}')), ...(await seen(':'))];
    expect(names[1]).toBe('[]');
    expect(names[3]).toBe('[]');
    const paths = [names[0]!, names[2]!, names[4]!.slice(1, -1)];
    expect(new Set(paths).size).toBe(3);
    for (const path of paths) expect(path).toMatch(/^\/.*\/reports\/[0-9A-Z]{26}\/[0-9A-Z]{26}\.xml$/);
    for (const path of paths) expect(path.startsWith(`${repository.cacheDir}/gate/`)).toBe(false);
  });
});

test.skipIf(!isThere('python3', '-m', 'pytest', '--version'))('pytest', async () => {
  const run = 'python3 -m pytest -q -p no:cacheprovider --junitxml={report}';
  const gate: Pick<GateCommand, 'run' | 'report'> = { run, report: { format: 'junit', path: null } };
  const world = await reportWorld({ 'test_a.py': 'def test_one(): pass\ndef test_two(): pass\n' });
  const red = await world.candidate([gate], {
    'test_a.py': 'def test_one(): assert 1 == 2\ndef test_two(): pass\n',
  });
  expect(red.checks.at(-1)).toMatchObject({
    detail: 'exit 1: 1 of 2 tests failed: test_a > test_one',
    tests: 2,
  });
  const skips = 'import pytest\ndef test_one(): pass\n@pytest.mark.skip\ndef test_two(): pass\n';
  const skipped = await world.candidate([gate], { 'test_a.py': skips });
  expect(skipped.findings).toEqual([
    expect.objectContaining({ rule: 'test-skipped', path: 'test_a > test_two' }),
  ]);
  const none = await world.candidate([gate], { 'test_a.py': 'import nope\n' });
  expect(none.checks.at(-1)?.detail).toContain('1 of 1 test failed: pytest > test_a');
});

test.skipIf(!isThere('go', 'version'))('go test -json', async () => {
  const run = 'GOFLAGS=-mod=mod GOCACHE="$PWD/../go-cache" go test -json ./... > {report}';
  const gate: Pick<GateCommand, 'run' | 'report'> = { run, report: { format: 'go', path: null } };
  const tests = (body: string) => `package x\n\nimport "testing"\n\n${body}`;
  const one = 'func TestOne(t *testing.T) {}\n';
  const world = await reportWorld({
    'go.mod': 'module example.com/x\n\ngo 1.19\n',
    'a_test.go': tests(`${one}func TestTwo(t *testing.T) {}\n`),
  });
  const gone = await world.candidate([gate], { 'a_test.go': tests(one) });
  expect(gone.findings).toEqual([
    expect.objectContaining({ rule: 'test-gone', path: 'example.com/x > TestTwo' }),
  ]);
  const red = await world.candidate([gate], {
    'a_test.go': tests('func TestOne(t *testing.T) { nope() }\n'),
  });
  expect(red.checks.at(-1)?.detail).toBe('exit 2: 1 of 1 test failed: example.com/x');
});

describe('red, whatever the exit code says', () => {
  const written = (text: string) => `printf '%s' '${text}' > "$ROTA_REPORT"`;
  const junit = (run: string) => ({ run, report: { format: 'junit' as const, path: null } });

  const bad = [
    [
      'no report',
      junit('echo "12 passed"'),
      'exit 0; there is no report; its report was looked for where {report}',
    ],
    [
      'an empty report',
      junit(': > "$ROTA_REPORT"'),
      'the report cannot be read: it is empty (read as junit)',
    ],
    [
      'broken XML',
      junit(written('<testsuites><testcase')),
      'the report cannot be read: it is no complete XML',
    ],
    [
      'another format',
      junit(written('{"testResults":[]}')),
      'the report cannot be read: it is no complete XML',
    ],
    ['no test', junit(written('<testsuites/>')), 'exit 0, and its report says that no test ran'],
    [
      'all skipped',
      junit(written('<testsuites><testcase name="a"><skipped/></testcase></testsuites>')),
      'no test ran: 1 is skipped',
    ],
    [
      'a failure in the report of a command that passed',
      junit(written('<testsuites><testcase name="a"/><testcase name="b"><failure/></testcase></testsuites>')),
      'exit 0, but its report has 1 failed test: b',
    ],
    [
      'a command that failed though all passed',
      junit(`${written(GREEN_XML)}; exit 3`),
      'exit 3, though its report says that all 2 tests passed',
    ],
    ['a folder', junit('mkdir "$ROTA_REPORT"'), 'exit 0; the report is a folder'],
    ['a fifo', junit('mkfifo "$ROTA_REPORT"'), 'exit 0; the report is no file'],
    [
      'a link',
      junit(`${written(GREEN_XML)}; mv "$ROTA_REPORT" x; ln -s "$PWD/x" "$ROTA_REPORT"`),
      'exit 0; the report is a symbolic link',
    ],
    [
      'an entity bomb',
      junit(written('<!DOCTYPE a [<!ENTITY b "c">]><testsuites><testcase name="a"/></testsuites>')),
      'it has a DOCTYPE',
    ],
    [
      '100 MB',
      junit('truncate -s 100M "$ROTA_REPORT"'),
      'it has 100 MiB; a report of more than 16 MiB is not read',
    ],
    ['a folder that is gone', junit('rm -r "$(dirname "$ROTA_REPORT")"'), 'exit 0; there is no report'],
  ] as const;

  test('each of these, said in the check and to the agent', async () => {
    const { judge, repo } = await gateRig();
    const base = repo.git('rev-parse', 'HEAD');
    for (const [what, gate, detail] of bad) {
      const report = await judge([gate], { base, changes: [] });
      expect(report, what).toMatchObject({ verdict: 'red' });
      expect(report.checks.at(-1)?.detail, what).toContain(detail);
      expect(report.failure, what).toContain(detail);
    }
  });

  test('a report in the checkout, written by hand or left over, does not count', async () => {
    const files = { 'out/junit.xml': GREEN_XML };
    const check = await lastCheck(atPath('true'), files);
    expect(check).toMatchObject({ verdict: 'red' });
    expect(check.detail).toBe('exit 0; there is no report; its report was looked for in out/junit.xml');
    expect(await lastCheck(atPath('test -e out/junit.xml'), files)).toMatchObject({
      detail: expect.stringContaining('exit 1; there is no report'),
    });
  });

  test('one that setup left does not count either', async () => {
    const { judge } = await gateRig({ '.gitignore': 'out\n' });
    const setup = `mkdir -p out && printf '${GREEN_XML}' > out/junit.xml`;
    for (const _ of ['with setup', 'with its snapshot']) {
      const report = await judge([atPath('true')], {}, [setup]);
      expect(report.checks.at(-1)?.detail).toContain('there is no report');
    }
  });

  test('what the command writes there counts, also in the place of a folder', async () => {
    const write = `mkdir -p out && printf '${GREEN_XML}' > out/junit.xml`;
    expect(await lastCheck(atPath(write))).toMatchObject({ verdict: 'green', tests: 2 });
    expect(await lastCheck(atPath(write), { 'out/junit.xml/x': 'x' })).toMatchObject({ verdict: 'green' });
  });

  test('a link on the way is not followed: nothing outside of the checkout is removed or read', async () => {
    const rig = await gateRig();
    const outside = join(rig.box.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'junit.xml'), GREEN_XML);
    symlinkSync(outside, join(rig.repo.root, 'out'));
    rig.repo.git('add', 'out');
    rig.repo.git('commit', '-qm', 'link');
    const report = await rig.judge([atPath('true')]);
    expect(report.checks.at(-1)?.detail).toContain('out is no folder, so there is no report');
    expect(readFileSync(join(outside, 'junit.xml'), 'utf8')).toBe(GREEN_XML);
    const late = await rig.judge([atPath(`rm out; ln -s ${outside} out`)]);
    expect(late.checks.at(-1)?.detail).toContain('out is no folder, so there is no report');
  });

  test('the report is not read, and removed, when the command is stopped', async () => {
    const { judge, repository } = await gateRig();
    const over = new AbortController();
    const running = judge(
      [{ run: 'touch "$HOME/started"; sleep 1000', report: { format: 'junit', path: null } }],
      {
        stop: over.signal,
      },
    );
    const reports = join(repository.cacheDir, 'reports');
    await until(() => existsSync(reports) && readdirSync(reports).length === 1, 'no report was awaited');
    over.abort('SIGINT');
    expect((await running).verdict).toBe('interrupted');
    expect(readdirSync(reports)).toEqual([]);
  });
});

describe('a second try', () => {
  const flaky = (name: string, flag: string) =>
    `import assert from 'node:assert/strict';\nimport { existsSync, writeFileSync } from 'node:fs';\nimport { test } from 'node:test';\ntest('${name}', () => { const was = existsSync('${flag}'); writeFileSync('${flag}', ''); assert.ok(was); });\ntest('steady', () => {});\n`;

  test('passes: the test is flaky, and named in check, event and trailer', async () => {
    const { judge, events, runFolder } = await gateRig({ 'test/a.test.mjs': flaky('blinks | often', 'was') });
    const report = await judge([{ ...NODE, retry: true }]);
    expect(report, report.failure ?? '').toMatchObject({ verdict: 'green' });
    expect(report.checks.at(-1)).toMatchObject({ passed: true, tests: 2, flaky: ['blinks / often'] });
    expect(report.notes).toEqual(['flaky: blinks / often']);
    expect(events.filter(({ type }) => type === 'flaky')).toEqual([
      { type: 'flaky', command: NODE.run, test: 'blinks / often' },
    ]);
    expect(readdirSync(runFolder).sort()).toEqual([
      'gate-1-1-again-report.xml',
      'gate-1-1-again.log',
      'gate-1-1-report.xml',
      'gate-1-1.log',
    ]);
  });

  test('without a report the command is flaky as a whole', async () => {
    const { judge } = await gateRig();
    const run = 'test -e was || { touch was; exit 1; }';
    const report = await judge([{ run, retry: true }]);
    expect(report).toMatchObject({ verdict: 'green', notes: [`flaky: ${run.replaceAll('|', '/')}`] });
    expect((await judge([{ run, retry: false }])).verdict).toBe('red');
  });

  test('fails again: red, and what failed only once is flaky all the same', async () => {
    const text = `${flaky('blinks', 'was')}test('broken', () => assert.equal(1, 2));\n`;
    const { judge } = await gateRig({ 'test/a.test.mjs': text });
    const report = await judge([{ ...NODE, retry: true }]);
    expect(report).toMatchObject({ verdict: 'red', notes: ['flaky: blinks'] });
    expect(report.checks.at(-1)?.detail).toBe('exit 1: 1 of 3 tests failed: broken');
    expect(report.failure).toContain('- broken');
  });

  test('there are two, not three', async () => {
    const { judge, repo } = await gateRig();
    const count = join(repo.root, '../count');
    expect((await judge([{ run: `echo x >> ${count}; exit 1`, retry: true }])).verdict).toBe('red');
    expect(readFileSync(count, 'utf8')).toBe('x\nx\n');
  });
});

describe('tests of main', () => {
  const FILE = 'test/a.test.mjs';
  const counted = (world: { box: { folder: string } }): Pick<GateCommand, 'run' | 'report'> => ({
    ...NODE,
    run: `echo x >> ${world.box.folder}/runs; ${NODE.run as string}`,
  });
  const runsOf = async (world: { box: { folder: string } }) => {
    return readFileSync(join(world.box.folder, 'runs'), 'utf8').split('\n').length - 1;
  };

  test('gone or skipped: held, by name; what main has is looked up once for each content', async () => {
    const world = await reportWorld({ [FILE]: nodeTests('a+', 'b+', 'c+') });
    const gate = counted(world);
    const report = await world.candidate([gate], { [FILE]: nodeTests('a+', 'b~', 'd+') });
    expect(report.verdict).toBe('held');
    expect(report.findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
      expect.stringMatching(/^test-gone: 1 test that main has is gone from .*: c; a person must say/),
      expect.stringMatching(/^test-skipped: 1 test that ran on main is skipped now in .*: b; a person must/),
    ]);
    expect(report.checks.at(-1)).toMatchObject({ name: 'tests', passed: false });
    expect(report.evidence).toMatch(/^held; .*tests failed, 1 test that main has/);
    expect(report.notes).toEqual([`existing tests changed: ${FILE}`]);
    expect(await runsOf(world)).toBe(2);
    expect(world.logs()).toContain('gate-1-main-1.log');
    // Now main's tests are known.
    expect((await world.candidate([gate], { [FILE]: nodeTests('a+', 'c+') })).verdict).toBe('held');
    expect(await runsOf(world)).toBe(3);
  });

  test('what a green candidate has is known once it is main', async () => {
    const world = await reportWorld({ [FILE]: nodeTests('a+') });
    const gate = counted(world);
    expect((await world.candidate([gate], { [FILE]: nodeTests('a+', 'b+') })).verdict).toBe('green');
    world.land();
    // A commit that only changes the backlog changes nothing about tests.
    world.repo.commit('chore: backlog', { 'backlog/A2-x.md': 'x' });
    const report = await world.candidate([gate], { [FILE]: nodeTests('a+') });
    expect(report.findings).toEqual([expect.objectContaining({ rule: 'test-gone', path: 'b' })]);
    expect(await runsOf(world)).toBe(3);
  });

  test('the whole file is deleted, or the runner told to leave it out', async () => {
    const world = await reportWorld({ [FILE]: nodeTests('a+'), 'test/b.test.mjs': nodeTests('b+') });
    const deleted = await world.candidate([NODE], { 'test/b.test.mjs': null });
    expect(deleted.findings).toEqual([expect.objectContaining({ rule: 'test-gone', path: 'b' })]);
    const moved = await world.candidate([NODE], { 'test/b.test.mjs': null, 'other/b.txt': nodeTests('b+') });
    expect(moved.findings).toEqual([expect.objectContaining({ rule: 'test-gone' })]);
  });

  test('open are only those that nobody accepted; the others are named in the trailer', async () => {
    const world = await reportWorld({ [FILE]: nodeTests('a+', 'b+') });
    const report = await world.candidate([NODE], { [FILE]: nodeTests('a+') }, { openTests: () => [] });
    expect(report).toMatchObject({ verdict: 'green', findings: [] });
    expect(report.notes[1]).toMatch(/^1 test that main has is gone from .*: b; /);
  });

  test('main without tests, or with a command that writes no report there: said, and no reason to hold', async () => {
    const world = await reportWorld({});
    const first = await world.candidate([NODE], { [FILE]: nodeTests('a+') });
    expect(first, first.failure ?? '').toMatchObject({ verdict: 'green' });
    const run =
      'test -e new && node -e "" && printf \'<testsuites><testcase name="a"/></testsuites>\' > {report}';
    const gate = { run, report: NODE.report! };
    const second = await world.candidate([gate], { new: '' });
    expect(second).toMatchObject({ verdict: 'green' });
    expect(second.notes.join('\n')).toContain('which tests main has is not known: ');
    expect(world.events).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('is not known') }),
    );
  });

  test('main takes too long to tell: a person must say that none is missing', async () => {
    const world = await reportWorld({});
    const run =
      'test -e new || exec sleep 1000; printf \'<testsuites><testcase name="a"/></testsuites>\' > {report}';
    const report = await world.candidate([{ run, report: NODE.report!, timeLimit: 3_000 }], { new: '' });
    expect(report.findings).toEqual([expect.objectContaining({ severity: 'held', rule: 'tests-unknown' })]);
  });

  test('a damaged memory costs a run, no more', async () => {
    const world = await reportWorld({ [FILE]: nodeTests('a+', 'b+') });
    const gate = counted(world);
    await world.candidate([gate], { [FILE]: nodeTests('a+', 'b+', 'c+') });
    const folder = join(world.repository.cacheDir, 'tests');
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"v":1,"tests":[[1]]}');
    expect((await world.candidate([gate], { [FILE]: nodeTests('a+') })).findings).toHaveLength(1);
    expect(await runsOf(world)).toBe(4);
  });

  test('nothing can be remembered: a warning, and no landing is lost by it', async () => {
    const world = await reportWorld({ [FILE]: nodeTests('a+') });
    mkdirSync(world.repository.cacheDir, { recursive: true });
    writeFileSync(join(world.repository.cacheDir, 'tests'), 'in the way');
    const report = await world.candidate([NODE], { [FILE]: nodeTests('a+', 'b+') });
    expect(report, report.failure ?? '').toMatchObject({ verdict: 'green' });
    const message = expect.stringContaining('which tests there are could not be noted: ');
    expect(world.events).toContainEqual({ type: 'notice', level: 'warning', message });
  });

  test('a red setup of main is no red candidate', async () => {
    const world = await reportWorld({ [FILE]: nodeTests('a+'), 'package-lock.json': '1' });
    const report = await world.candidate([NODE], { 'package-lock.json': '2' }, {}, [
      'grep 2 package-lock.json',
    ]);
    expect(report).toMatchObject({ verdict: 'green' });
    expect(report.checks.map(({ name, passed }) => `${name} ${passed}`)).toEqual([
      'contract true',
      'backlog true',
      'setup: grep 2 package-lock.json true',
      expect.stringMatching(/^node --test .* true$/),
    ]);
    expect(report.notes.join()).toContain('which tests main has is not known: its setup fails');
  });
});

test('existing tests that changed are named, also where no command runs', async () => {
  const world = await reportWorld({ 'test/a.test.mjs': nodeTests('a+'), 'x_test.go': 'package x\n' });
  const changed = { 'test/a.test.mjs': nodeTests('a+', 'b+'), 'x_test.go': null, 'test/new.test.mjs': '' };
  for (const gate of ['none', [{ run: 'true', when: ['**'] }]] as const)
    expect(await world.candidate(gate, changed)).toMatchObject({
      verdict: 'green',
      notes: ['existing tests changed: test/a.test.mjs, x_test.go'],
    });
});

test('main without a test is not red for that: who brings the first one may be wrong', async () => {
  const run = 'node --test --test-reporter=junit --test-reporter-destination={report}';
  const gate = { run, report: NODE.report! };
  const world = await reportWorld({});
  const candidate = await world.candidate([gate], { 'test/a.test.mjs': nodeTests('a-') });
  expect(candidate).toMatchObject({ verdict: 'red' });
  expect((await world.judge([gate])).verdict).toBe('green');
  const [empty] = (await world.candidate([gate], { x: '' })).checks.slice(-1);
  expect(empty).toMatchObject({ passed: false, tests: 0 });
  expect((await world.judge([{ ...gate, run: `${run}; rm {report}` }])).verdict).toBe('red');
});

describe('gate by path', () => {
  const GATE = [
    { run: 'touch ../web', when: ['apps/web/**'] },
    { run: ['node', '-e', ''], when: ['apps/api/**'] },
  ];

  test('only what the change is about runs, and what does not is said', async () => {
    const world = await reportWorld({});
    const report = await world.candidate(GATE, { 'apps/api/a.js': '' });
    expect(report).toMatchObject({ verdict: 'green' });
    expect(report.checks.map(({ name }) => name)).toEqual(['contract', 'backlog', 'node -e ""']);
    expect(report.notes).toEqual(['not needed, nothing of theirs changed: touch ../web (apps/web/**)']);
    expect(world.logs()).toEqual(['gate-1-2.log']);
    expect(report.scope).not.toBe('all');
    expect((await world.candidate(GATE, { 'apps/api/a.js': '', 'apps/web/b.js': '' })).scope).toBe('all');
  });

  test('what nothing covers is red, and only the branch is to blame', async () => {
    const world = await reportWorld({});
    const report = await world.candidate(GATE, { 'apps/api/a.js': '', 'apps/mobile/a.js': '', Makefile: '' });
    expect(report).toMatchObject({ verdict: 'red', own: true });
    expect(report.checks.at(-1)).toMatchObject({ name: 'coverage', passed: false });
    expect(report.failure).toContain(
      '- Makefile: no entry of the gate is for it\n- apps/mobile/a.js: no entry',
    );
    expect(world.logs()).toEqual([]);
  });

  test('a deleted or moved file calls for the entry of its old place', async () => {
    const world = await reportWorld({ 'apps/web/a.js': 'a long enough text to be found again\n' });
    const moved = await world.candidate(GATE, {
      'apps/web/a.js': null,
      'apps/api/a.js': 'a long enough text to be found again\n',
    });
    expect(moved.checks.map(({ name }) => name)).toEqual([
      'contract',
      'backlog',
      'touch ../web',
      'node -e ""',
    ]);
    const deleted = await world.candidate(GATE, { 'apps/web/a.js': null });
    expect(deleted.checks.at(-1)?.name).toBe('touch ../web');
  });

  test('only the backlog: nothing needs to cover it, what is for everything runs', async () => {
    const world = await reportWorld({});
    const only = await world.candidate(GATE, { 'backlog/A2-x.md': 'x' });
    expect(only).toMatchObject({ verdict: 'green' });
    expect(only.checks.map(({ name }) => name)).toEqual(['contract', 'backlog']);
    const all = await world.candidate([...GATE, ['true']], { 'backlog/A2-x.md': 'x' });
    expect(all.checks.at(-1)?.name).toBe('true');
  });

  test('main itself is asked what the candidate was asked', async () => {
    const world = await reportWorld({});
    const changes = [{ status: 'added' as const, path: 'apps/api/a.js', from: null }];
    const report = await world.judge(GATE, { changes });
    expect(report.checks.map(({ name }) => name)).toEqual(['contract', 'backlog', 'node -e ""']);
    expect((await world.judge(GATE)).checks).toHaveLength(4);
  });

  test('the tests of an entry that was not needed stay known', async () => {
    const web = { ...NODE, run: `${NODE.run as string}/web`, when: ['**/web/**'] };
    const world = await reportWorld({ 'test/web/a.test.mjs': nodeTests('a+', 'b+') });
    const gate = [web, { run: 'true', when: ['src/**'] }];
    await world.candidate(gate, { 'test/web/a.test.mjs': nodeTests('a+', 'b+', 'c+') });
    world.land();
    await world.candidate(gate, { 'src/x': '' });
    world.land();
    await world.candidate(gate, { 'test/web/a.test.mjs': nodeTests('a+') }, { turn: 9 });
    expect(world.logs().filter((name) => name.startsWith('gate-9-main'))).toEqual([]);
  });
});
