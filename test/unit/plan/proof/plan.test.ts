import { describe, expect, it } from 'vitest';
import type { ChangedFile } from '../../../../src/plan/changed-file.ts';
import { declaredTests } from '../../../../src/plan/proof/declared-tests.ts';
import { ownCommand } from '../../../../src/plan/proof/own-command.ts';
import { proofFiles } from '../../../../src/plan/proof/proof-files.ts';
import { planProof } from '../../../../src/plan/proof/proof-plan.ts';
import { runnerCommand } from '../../../../src/plan/proof/runner-command.ts';
import { runnerOf } from '../../../../src/plan/proof/runner-of.ts';
import { scriptOptions } from '../../../../src/plan/proof/script-options.ts';
import { readPackageFacts } from '../../../../src/role/package-facts.ts';

function changed(path: string, more: Partial<ChangedFile> = {}): ChangedFile {
  return {
    ...{ path, status: 'added', from: null, oldMode: null, newMode: '100644', oldText: null, newText: 'x' },
    ...{ newBinary: null, oldSize: null, newSize: 1, added: 1, removed: 0, unread: false },
    ...more,
  };
}

const factsOf = (manifest: object, folder = '') => readPackageFacts(folder, JSON.stringify(manifest))!;
const VITEST = factsOf({ devDependencies: { vitest: '4' } });
const JEST = factsOf({ devDependencies: { jest: '29' }, scripts: { test: 'jest' } });
const NODE = factsOf({ scripts: { test: 'node --test' } });
const BARE = factsOf({ scripts: { test: 'node tools/all-tests.mjs' } });
const nodeText = "import { test } from 'node:test';\n";

describe('the files of a proof', () => {
  it('are those of folders and names of tests that are there on the merge result', () => {
    const found = proofFiles([
      changed('src/a.ts'),
      changed('test/a.test.ts'),
      changed('src/b.spec.ts', { status: 'modified', oldMode: '100644', oldText: 'y' }),
      changed('test/helper.ts'),
      changed('test/__snapshots__/a.test.ts.snap'),
      changed('test/data.json'),
      changed('test/gone.test.ts', { status: 'deleted', newMode: null, newText: null }),
      changed('test/new.test.ts', { status: 'renamed', from: 'test/old.test.ts' }),
      changed('test/link.test.ts', { newMode: '120000' }),
      changed('test/module', { newMode: '160000' }),
      changed('test/mode.test.ts', {
        status: 'modified',
        oldMode: '100644',
        newMode: '100755',
        oldText: 'x',
      }),
      changed('backlog/test/A1.md'),
    ]);
    expect(found.carried).toEqual([
      ...['test/a.test.ts', 'src/b.spec.ts', 'test/helper.ts', 'test/__snapshots__/a.test.ts.snap'],
      ...['test/data.json', 'test/new.test.ts', 'test/link.test.ts', 'test/mode.test.ts'],
    ]);
    expect(found.tests.map(({ path }) => path)).toEqual([
      ...['test/a.test.ts', 'src/b.spec.ts', 'test/helper.ts', 'test/new.test.ts'],
    ]);
  });
});

describe('who runs a test', () => {
  it.each([
    ['test/a.test.ts', "import { test } from 'vitest';", [VITEST], 'vitest'],
    ['test/a.test.ts', 'test("a", () => {});', [VITEST], 'vitest'],
    ['test/a.test.js', 'describe("a", () => {});', [JEST], 'jest'],
    ['src/__tests__/a.js', 'it("a", () => {});', [JEST], 'jest'],
    ['test/a.mjs', nodeText, [NODE], 'node'],
    ['test/a.mjs', nodeText, [BARE], 'node'],
    ['test/a.mjs', nodeText, [], 'node'],
    // What main never runs proves nothing for tomorrow.
    ['test/a.test.mjs', nodeText, [VITEST], 'vitest'],
    [
      'test/a.test.mjs',
      nodeText,
      [factsOf({ scripts: { test: 'vitest run', unit: 'node --test' } })],
      'node',
    ],
    ['test/a.test.mjs', `// ${nodeText}`, [VITEST], 'vitest'],
    // The package nearest to the file that knows the runner.
    ['p/test/a.test.ts', "import { test } from 'vitest';", [factsOf({}, 'p'), VITEST], 'vitest'],
    ['p/test/a.test.ts', 'test("a")', [JEST, VITEST], 'jest'],
  ] as const)('%s with %j', (path, text, packages, runner) => {
    expect(runnerOf({ path, text }, packages)).toMatchObject({ kind: 'native', runner });
  });

  it.each([
    ['test/helper.ts', 'export const a = 1;', [VITEST], 'helper'],
    ['test/conftest.py', 'x', [VITEST], 'helper'],
    ['test/a.test.ts', 'test("a")', [BARE], 'unknown'],
    ['test/a.test.ts', null, [], 'unknown'],
    ['tests/test_a.py', 'x', [VITEST], 'unknown'],
    ['a/a_test.go', 'x', [], 'unknown'],
    ['src/test/UserTest.java', 'x', [], 'unknown'],
  ] as const)('%s: %j', (path, text, packages, kind) => {
    expect(runnerOf({ path, text }, packages)).toEqual({ kind });
  });

  it('a package.json that cannot be read says nothing', () => {
    for (const text of ['', '[', '[]', 'null', '"vitest"']) expect(readPackageFacts('', text)).toBe(null);
    expect(readPackageFacts('', '{"scripts":"vitest","dependencies":["jest"]}')?.runners).toEqual([]);
    expect(factsOf({ scripts: { build: 'vitest-like', test: 'echo no jesting' } }).runners).toEqual([]);
    expect(factsOf({ scripts: { lint: 'x', test: './node_modules/.bin/jest && vitest' } }).runners).toEqual([
      'jest',
      'vitest',
    ]);
  });

  it('files go to one start of each runner; helpers to none', () => {
    const tests = [
      { path: 'a.test.ts', text: "import 'vitest'" },
      { path: 'helper.ts', text: '' },
      { path: 'b.test.ts', text: 'test()' },
      { path: 'x/c_test.py', text: '' },
    ];
    const proof = {
      run: 'x {files} {report}',
      files: ['**/*.py'],
      report: 'junit',
      timeLimit: 1,
      env: [],
    } as const;
    expect(planProof(tests, [proof], () => [VITEST])).toEqual({
      kind: 'plan',
      runs: [
        { kind: 'native', runner: 'vitest', from: VITEST, files: ['a.test.ts', 'b.test.ts'] },
        { kind: 'own', command: proof, files: ['x/c_test.py'] },
      ],
    });
    expect(planProof(tests.slice(1, 2), [], () => [VITEST])).toMatchObject({
      reason: 'no test reproduces the bug',
    });
    expect(planProof([], [], () => [])).toMatchObject({ reason: 'no test reproduces the bug' });
    expect(planProof(tests.slice(3), [], () => [VITEST])).toMatchObject({
      reason: expect.stringContaining('nobody is known who runs x/c_test.py'),
    });
  });
});

describe('how it is run', () => {
  const input = { files: ['/g/a.test.ts'], report: '/r/x.json', program: '/g/node_modules/.bin/vitest' };

  it('vitest, jest and node with a report of their own and nothing that main’s script accepts', () => {
    expect(runnerCommand({ ...input, runner: 'vitest', from: VITEST })).toMatchObject({
      argv: [
        ...[input.program, 'run', '--reporter=json', '--outputFile=/r/x.json', '--coverage.enabled=false'],
        ...['--passWithNoTests=false', '/g/a.test.ts'],
      ],
    });
    const jest = factsOf({
      scripts: { test: 'NODE_OPTIONS=--experimental-vm-modules jest -c jest.ci.json --passWithNoTests' },
    });
    expect(runnerCommand({ ...input, program: 'jest', runner: 'jest', from: jest })).toEqual({
      argv: [
        ...['jest', '-c', 'jest.ci.json', '--ci', '--json', '--outputFile=/r/x.json', '--coverage=false'],
        ...['--watchAll=false', '--runTestsByPath', '/g/a.test.ts'],
      ],
      env: { NO_COLOR: '1', FORCE_COLOR: '0', NODE_OPTIONS: '--experimental-vm-modules' },
    });
    expect(runnerCommand({ ...input, program: 'node', runner: 'node', from: NODE }).argv).toEqual([
      ...['node', '--test', '--test-reporter=junit', '--test-reporter-destination=/r/x.json', '/g/a.test.ts'],
    ]);
  });

  it.each([
    ['vitest', 'vitest run --config a.ts --coverage --retry=3 --bail 1', ['--config', 'a.ts']],
    ['vitest', 'tsc && CI=1 npx vitest --root=sub --globals; echo', ['--root=sub', '--globals']],
    ['vitest', 'vitest --config "$(touch owned)" --dir test', ['--dir', 'test']],
    ['vitest', 'vitest --config', []],
    ['node', 'node --import tsx --test --test-name-pattern=x test/', ['--import', 'tsx']],
    ['node', 'node --loader=ts-node/esm tools/x.mjs', []],
    ['node', 'node build.mjs && node -r ts-node/register --test', ['-r', 'ts-node/register']],
    ['jest', 'node node_modules/jest/bin/jest.js --env jsdom --forceExit', ['--env', 'jsdom']],
    ['jest', 'jest --constructor x --__proto__ y', []],
  ] as const)('%s keeps of `%s` where things are: %j', (runner, script, options) => {
    expect(scriptOptions(runner, [script])).toEqual(options);
  });

  it('a command of rota.yaml: file names are arguments and never text of a shell', () => {
    const files = ["a'b; rm x.py", '-rf.py'];
    expect(ownCommand({ run: 'pytest {files} --junitxml={report}', files, report: '/r' })).toEqual([
      ...['sh', '-c', 'pytest "$@" --junitxml=/r', 'sh', "a'b; rm x.py", './-rf.py'],
    ]);
    expect(ownCommand({ run: ['x', '{files}', '--to={report}'], files, report: '/r' })).toEqual([
      ...['x', "a'b; rm x.py", './-rf.py', '--to=/r'],
    ]);
    const go = ['a/b/x_test.go', 'a/b/y_test.go', 'z_test.go'];
    expect(ownCommand({ run: 'go test {packages} > {report}', files: go, report: '/r' }).slice(3)).toEqual([
      ...['sh', './a/b', '.'],
    ]);
    expect(ownCommand({ run: ['go', '{packages}', '{report}'], files: go, report: '/r' })).toEqual([
      ...['go', './a/b', '.', '/r'],
    ]);
  });

  it('knows the tests that go and Python files declare, and of others nothing', () => {
    expect(
      declaredTests([
        {
          path: 'a_test.go',
          text: 'func TestA(t *testing.T) {}\nfunc helper() {}\nfunc (s *S) TestB() {}\n',
        },
        { path: 'test_a.py', text: 'def test_x():\n  pass\nclass T:\n    async def test_y(self):\n' },
      ]),
    ).toEqual(new Set(['TestA', 'TestB', 'test_x', 'test_y']));
    expect(declaredTests([{ path: 'a_test.go', text: null }])).toBe(null);
    expect(declaredTests([{ path: 'a.test.ts', text: 'x' }])).toBe(null);
  });
});
