import { describe, expect, it } from 'vitest';
import type { Command, Config } from '../../../../src/config.ts';
import type { ChangedFile } from '../../../../src/plan/changed-file.ts';
import { callOf, gateCalls } from '../../../../src/plan/gate-calls.ts';
import { change, findings, rulesOf } from './change.ts';

type Scripts = Record<string, string>;
const scripts = (of: Scripts, over: object = {}) => JSON.stringify({ name: 'a', scripts: of, ...over });
const gateOf = (...gate: Command[]): Pick<Config, 'gate'> => ({
  gate: gate.map((run) => ({ run }) as Exclude<Config['gate'], 'none'>[number]),
});

const MAIN: Scripts = {
  test: 'npm run check && vitest run',
  check: 'tsc -p . && node scripts/check.mjs',
  build: 'node build.mjs',
  prepare: 'husky',
};

/** Rules that are broken when package.json gets other scripts. */
function edited(of: Scripts, gate: Command[] = ['npm test'], path = 'package.json') {
  const files = [change(path, { oldText: scripts(MAIN), newText: scripts({ ...MAIN, ...of }) })];
  return rulesOf(files, { manifest: scripts(MAIN), config: gateOf(...gate) });
}

const HELD = ['held gate-script'];

describe('a script of package.json', () => {
  it.each<[string, Scripts, Command[], string[]]>([
    ['that the gate calls', { test: 'exit 0' }, ['npm test'], HELD],
    ['that it calls by way of another', { check: 'true' }, ['npm test'], HELD],
    ['before it', { pretest: 'rm -r test' }, ['npm test'], HELD],
    ['after it', { postcheck: 'exit 0' }, ['npm test'], HELD],
    ['that nothing calls', { build: 'exit 0' }, ['npm test'], []],
    ['that is new', { lint: 'eslint' }, ['npm test'], []],
    ['under a short name', { test: 'exit 0' }, ['npm t'], HELD],
    ['by `run`', { build: 'exit 0' }, ['npm run build'], HELD],
    ['by a list', { build: 'exit 0' }, [['npm', 'run', 'build']], HELD],
    ['after another command', { build: 'exit 0' }, ['cd . && CI=1 npm run --silent build -- --x'], HELD],
    ['in another shell', { build: 'exit 0' }, [['sh', '-c', 'npm run "build"']], HELD],
    ['in quotes', { build: 'exit 0' }, ["timeout 60 bash -c 'pnpm build'"], HELD],
    ['in a subshell', { build: 'exit 0' }, ['(echo x; $(yarn build))'], HELD],
    ['by yarn', { build: 'exit 0' }, ['yarn build'], HELD],
    ['by pnpm', { build: 'exit 0' }, ['pnpm run build'], HELD],
    ['by bun', { build: 'exit 0' }, ['bun run build'], HELD],
    ['by node', { build: 'exit 0' }, ['node --run build'], HELD],
    ['by concurrently', { build: 'exit 0' }, ['npx concurrently "npm:build"'], HELD],
    ['by a pattern', { build: 'exit 0' }, ['npx run-s "b*"'], HELD],
    ['by a path', { build: 'exit 0' }, ['/usr/bin/npm run build'], HELD],
    ['after `--`', { build: 'exit 0' }, ['npm test -- build'], []],
    ['of an install', { prepare: 'node evil.mjs' }, ['npm ci && npx vitest'], HELD],
    ['that is gone', { test: undefined as never }, ['npm test'], HELD],
  ])('%s', async (_name, of, gate, expected) => {
    expect(await edited(of, gate)).toEqual(expected);
  });

  it('counts for setup as for the gate', async () => {
    const files = [
      change('package.json', { oldText: scripts(MAIN), newText: scripts({ ...MAIN, prepare: 'x' }) }),
    ];
    const config = { ...gateOf(['vitest']), setup: ['npm ci'] };
    expect(await rulesOf(files, { manifest: scripts(MAIN), config })).toEqual(HELD);
  });

  it('in another folder counts where a command works there', async () => {
    const of = { test: 'exit 0' };
    expect(await edited(of, ['npm test'], 'web/package.json')).toEqual([]);
    for (const gate of [
      'npm test -w web',
      'cd web && npm test',
      'npm --prefix web test',
      'pnpm -r test',
      'npx turbo test',
    ])
      expect(await edited(of, [gate], 'web/package.json'), gate).toEqual(HELD);
  });

  it('of a new package is its own', async () => {
    const file = change('web/package.json', { status: 'added', newText: scripts({ test: 'vitest' }) });
    expect(await rulesOf([file], { manifest: scripts(MAIN), config: gateOf('npm test -ws') })).toEqual([]);
  });

  it('counts by way of what called it when the branch began, and what calls it on main now', async () => {
    const began = { test: 'npm run old', old: 'x', now: 'y' };
    const manifest = scripts({ test: 'npm run now', old: 'x', now: 'y' });
    const of = (over: Scripts, path = 'package.json', gate = 'npm test') =>
      rulesOf([change(path, { oldText: scripts(began), newText: scripts({ ...began, ...over }) })], {
        manifest,
        config: gateOf(gate),
      });
    expect(await of({ old: 'true' })).toEqual(HELD);
    expect(await of({ now: 'true' })).toEqual(HELD);
    expect(await of({ old: 'true' }, 'web/package.json', 'npm test -w web')).toEqual(HELD);
  });

  it('is gone when its file is moved or deleted', async () => {
    const rules = { manifest: scripts(MAIN), config: gateOf('npm test') };
    const moved = change('old.json', {
      status: 'renamed',
      from: 'package.json',
      oldText: scripts(MAIN),
      newText: scripts(MAIN),
    });
    expect(await rulesOf([moved], rules)).toEqual([...HELD, ...HELD]);
    const gone = change('package.json', { status: 'deleted', oldText: scripts(MAIN) });
    expect(await rulesOf([gone], rules)).toEqual([...HELD, ...HELD]);
  });

  it('does not matter without a gate', async () => {
    const files = [
      change('package.json', { oldText: scripts(MAIN), newText: scripts({}) }),
      change('vitest.config.ts'),
    ];
    expect(await rulesOf(files, { manifest: scripts(MAIN), config: { gate: 'none' } })).toEqual([]);
  });

  it('is named, with the gate command, what it was and what it is', async () => {
    const files = [
      change('package.json', {
        oldText: scripts(MAIN),
        newText: scripts({ ...MAIN, check: `true ${'x'.repeat(100)}` }),
      }),
    ];
    const found = await findings(files, { manifest: scripts(MAIN), config: gateOf('npm  test') });
    expect(found.map(({ message }) => message)).toEqual([
      'modified package.json: script "check" is what the gate runs (npm test); was "tsc -p . && node scripts/check.mjs", ' +
        `is "true ${'x'.repeat(74)}…"; that decides what green means`,
    ]);
  });

  it('of another kind breaks nothing', async () => {
    for (const text of ['', 'x', '[]', '{"scripts": 1}', '{"scripts": {"test": 1, "constructor": "x"}}'])
      expect(
        await rulesOf([change('package.json', { oldText: text, newText: text.repeat(2) })], {
          manifest: text,
          config: gateOf('npm test'),
        }),
      ).toEqual([]);
  });
});

describe('a file that the gate names', () => {
  const at = (path: string, gate: Command[], over: Partial<ChangedFile> = {}) =>
    rulesOf([change(path, over)], { manifest: scripts(MAIN), config: gateOf(...gate) });
  it.each<[string, string, Command[], string[]]>([
    ['a script', 'scripts/all.sh', ['./scripts/all.sh'], HELD],
    ['by its program', 'tools/all.py', ['python tools/all.py --fast'], HELD],
    ['as a module', 'tools/all.py', ['python -m tools.all'], HELD],
    ['without its ending', 'tools/all.js', ['node tools/all'], HELD],
    ['in an option', 'ci/vite.mjs', ['npx vitest --config=./ci/vite.mjs'], HELD],
    ['in an argv', 'ci/a b.sh', [['sh', 'ci/a b.sh']], HELD],
    ['in a script that it calls', 'scripts/check.mjs', ['npm test'], HELD],
    ['that it only looks at', 'broken', ['test ! -e broken'], []],
    ['another one', 'scripts/other.mjs', ['npm test'], []],
    ['in a folder where it works', 'web/ci.sh', ['cd web && ./ci.sh'], HELD],
    ['a test', 'test/a.test.ts', ['npx vitest test/a.test.ts'], []],
  ])('%s', async (_name, path, gate, expected) => {
    expect(await at(path, gate)).toEqual(expected);
  });

  it('is a program by its mode, too', async () => {
    expect(await at('bin/all', ['bin/all'], { newMode: '100755' })).toEqual(HELD);
    expect(await at('bin/all', ['bin/all'], { oldMode: '100755' })).toEqual(HELD);
    expect(await at('bin/all', ['bin/all'])).toEqual([]);
  });

  it('may not be deleted or moved away either', async () => {
    expect(await at('ci.sh', ['./ci.sh'], { status: 'deleted' })).toEqual(HELD);
    expect(await at('x.sh', ['./ci.sh'], { status: 'renamed', from: 'ci.sh' })).toEqual(HELD);
  });
});

describe('configuration of what the gate runs', () => {
  const at = (path: string, gate: Command[], mayEdit = ['**'], over: Partial<ChangedFile> = {}) =>
    rulesOf([change(path, over)], { config: gateOf(...gate), role: { mayEdit } });
  const CONFIG = ['held runner-config'];

  it.each(
    [
      ...[
        'vitest.config.ts',
        'web/vitest.config.mts',
        'vitest.workspace.ts',
        'jest.config.js',
        '.mocharc.yml',
      ],
      ...[
        'karma.conf.js',
        'playwright.config.ts',
        'cypress.config.ts',
        'pytest.ini',
        'tox.ini',
        'conftest.py',
      ],
      ...['phpunit.xml', 'phpunit.xml.dist', '.rspec', '.nycrc', '.config/nextest.toml', 'babel.config.js'],
      ...[
        'vitest.setup.ts',
        'src/setupTests.ts',
        'test/setup.ts',
        'tests/global-setup.mjs',
        'JEST.CONFIG.JS',
      ],
    ].map((path) => [path]),
  )('%s counts always, new or not', async (path) => {
    const found = await at(path, ['npm test']);
    expect(found).toContain(CONFIG[0]);
    expect(await at(path, ['npm test'], ['**'], { status: 'added' })).toContain(CONFIG[0]);
  });

  it.each<[string, Command[], string[]]>([
    ['Makefile', ['make check'], CONFIG],
    ['Makefile', ['npm test'], []],
    ['ci/rules.mk', ['make -j2'], CONFIG],
    ['justfile', ['just test'], CONFIG],
    ['Taskfile.yml', ['task test'], CONFIG],
    ['tsconfig.json', ['npx tsc -p .'], CONFIG],
    ['tsconfig.build.json', ['pytest'], []],
    // What make calls is not known.
    ['tsconfig.json', ['make'], CONFIG],
    ['eslint.config.js', ['npx eslint .'], CONFIG],
    ['.eslintrc.json', ['npx vitest'], []],
    ['biome.json', ['node_modules/.bin/biome check'], CONFIG],
    ['vite.config.ts', ['npx vitest run'], CONFIG],
    ['vite.config.ts', ['pytest'], []],
    ['src/config.ts', ['npx vitest'], []],
    ['src/setup.ts', ['npx vitest'], []],
    ['tests/unit/conftest.py', ['pytest'], []],
  ])('%s under %j', async (path, gate, expected) => {
    expect(await at(path, gate)).toEqual(expected);
  });

  it('is free for a role that names it', async () => {
    expect(await at('vitest.config.ts', ['npm test'], ['**', 'vitest.config.ts'])).toEqual([]);
    expect(await at('vitest.config.ts', ['npm test'], ['**', '*.config.ts'])).toEqual(CONFIG);
  });

  const part = (path: string, oldText: string, newText: string) =>
    at(path, ['npm test'], ['**'], { oldText, newText });
  it.each<[string, string, string, string, string[]]>([
    ['the key of jest', 'package.json', '{}', '{"jest": {"testMatch": []}}', CONFIG],
    ['the key of mocha', 'package.json', '{"mocha": {}}', '{}', CONFIG],
    ['another key', 'package.json', '{}', '{"author": "x"}', []],
    ['keys in another order', 'package.json', '{"jest": {"a": 1}, "x": 1}', '{"x": 2, "jest": {"a": 1}}', []],
    [
      'pytest in pyproject',
      'pyproject.toml',
      '[tool.pytest.ini_options]\na = 1\n',
      '[tool.pytest.ini_options]\na = 2\n',
      CONFIG,
    ],
    ['pytest in quotes', 'pyproject.toml', '', '[tool."pytest".ini_options]\naddopts = "-k x"\n', CONFIG],
    [
      'pytest as a key',
      'pyproject.toml',
      '[tool]\n',
      '[tool]\npytest.ini_options.addopts = "-k x"\n',
      CONFIG,
    ],
    ['pytest without a table', 'pyproject.toml', '', 'tool.pytest.ini_options.addopts = "-k x"\n', CONFIG],
    ['another part of pyproject', 'pyproject.toml', '[project]\nname = "a"\n', '[project]\nname = "b"\n', []],
    ['pytest as a dependency', 'pyproject.toml', '[x]\n', '[dependency-groups]\ndev = ["pytest"]\n', []],
    ['setup.cfg', 'setup.cfg', '', '[tool:pytest]\naddopts = -k x\n', CONFIG],
    ['another part of setup.cfg', 'setup.cfg', '', '[metadata]\nname = a\n', []],
    ['surefire', 'pom.xml', '<a/>', '<a/>\n<skipTests>true</skipTests>', CONFIG],
    ['a dependency of maven', 'pom.xml', '<a/>', '<a/>\n<dependency>b</dependency>', []],
    ['gradle', 'app/build.gradle.kts', '', 'ignoreFailures = true', CONFIG],
    ['cargo', 'Cargo.toml', '[lib]\n', '[lib]\ntest = false\n', CONFIG],
  ])('%s', async (_name, path, oldText, newText, expected) => {
    expect(await part(path, oldText, newText)).toEqual(expected);
  });
});

describe('where a dependency comes from', () => {
  const deps = (dependencies: object, over: object = {}) =>
    JSON.stringify({ devDependencies: dependencies, ...over });
  const rules = (newText: string, oldText = deps({ vitest: '4.1.0' })) =>
    rulesOf([change('package.json', { oldText, newText })]);
  it.each([
    ['file:./fake', 1],
    ['link:../fake', 1],
    ['./fake', 1],
    ['git+https://git.example/a/fake.git', 1],
    ['https://evil.example/fake.tgz', 1],
    ['github:a/fake', 1],
    ['a/fake', 1],
    ['npm:fake@1.0.0', 1],
    ['4.2.0', 0],
    ['^4', 0],
    ['latest', 0],
    ['>=4 <5 || 6.x', 0],
    ['workspace:*', 0],
    ['catalog:', 0],
  ])('%s', async (spec, count) => {
    expect(await rules(deps({ vitest: spec }))).toHaveLength(count);
    expect(await rules(deps({}, { overrides: { a: { vitest: spec } } }))).toHaveLength(count);
    expect(await rules(deps({}, { pnpm: { overrides: { vitest: spec } } }))).toHaveLength(count);
  });

  it('may stay where it was', async () => {
    const old = deps({ own: 'file:./own', vitest: '1' });
    expect(await rules(deps({ own: 'file:./own', vitest: '2' }), old)).toEqual([]);
    expect(await rules(deps({ own: 'file:./other' }), old)).toEqual(['held dependency-source']);
  });

  it('is named', async () => {
    const found = await findings([
      change('web/package.json', { status: 'added', newText: deps({ vitest: 'file:./x' }) }),
    ]);
    expect(found.map(({ message }) => message)).toEqual([
      'added web/package.json: "devDependencies.vitest" is to come from "file:./x", not from a registry under its own name',
    ]);
  });
});

describe('gateCalls', () => {
  it('ends where scripts call each other, or themselves', () => {
    const calls = gateCalls(
      ['npm test'],
      new Map([
        ['test', 'npm run a'],
        ['a', 'npm run b; npm test'],
        ['b', 'npm run a'],
      ]),
    );
    expect(['test', 'a', 'b', 'prea'].map((name) => callOf(calls, name))).toEqual(Array(4).fill('npm test'));
    expect(callOf(calls, 'c')).toBe(null);
  });

  it('reads text that no shell would', () => {
    for (const text of ['"', "'", '\\', '$((', '`', '\0', '((((', '"a\\', `npm run ${'"'.repeat(1000)}`])
      expect(() => gateCalls([text], new Map([[text, text]]))).not.toThrow();
  });

  it('takes a long text in its stride', () => {
    for (const unit of ['"', "'", '\\', 'a ', '(', '*', "'a'"]) gateCalls([unit.repeat(100_000)], new Map());
    const many = new Map(
      Array.from({ length: 500 }, (_, at) => [`s${at}`, `npm run s${at + 1} && npm run "*x*y*z*"`]),
    );
    expect(callOf(gateCalls(['npm run s0'], many), 's499')).toBe('npm run s0');
  });
});
