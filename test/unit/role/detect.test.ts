import { describe, expect, it } from 'vitest';
import { detectProject } from '../../../src/role/detect.ts';

const detect = (files: Record<string, string>, onPath: string[] = []) =>
  detectProject({ files: new Map(Object.entries(files)), onPath });

const packageJson = (scripts: Record<string, string>, more: object = {}) =>
  JSON.stringify({ scripts, ...more });

describe('detectProject: node', () => {
  it.each([
    ['npm', 'package-lock.json', 'npm ci', 'npm test'],
    ['npm', 'npm-shrinkwrap.json', 'npm ci', 'npm test'],
    ['pnpm', 'pnpm-lock.yaml', 'pnpm install --frozen-lockfile', 'pnpm test'],
    ['yarn', 'yarn.lock', 'yarn install --frozen-lockfile', 'yarn test'],
    ['bun', 'bun.lock', 'bun install --frozen-lockfile', 'bun run test'],
    ['bun', 'bun.lockb', 'bun install --frozen-lockfile', 'bun run test'],
  ])('%s by %s', (_, lock, setup, test) => {
    expect(detect({ 'package.json': packageJson({ test: 'node --test' }), [lock]: '' })).toMatchObject({
      gate: [test],
      setup: [setup],
      copy: [],
      notes: [],
    });
  });

  it('knows the newer yarn, and packageManager before a lock file', () => {
    const files = { 'package.json': packageJson({ test: 'x' }), 'yarn.lock': '__metadata:\n  version: 8\n' };
    expect(detect(files).setup).toEqual(['yarn install --immutable']);
    const both = { 'package.json': packageJson({ test: 'x' }, { packageManager: 'pnpm@9.1.0' }) };
    expect(detect({ ...both, 'pnpm-lock.yaml': '', 'package-lock.json': '' }).gate).toEqual(['pnpm test']);
  });

  it('takes types, lint, build and tests, in that order, each once', () => {
    const scripts = {
      test: 'vitest run',
      build: 'tsc -b',
      lint: 'biome check',
      typecheck: 'tsc',
      'type-check': 'tsc',
    };
    const files = { 'package.json': packageJson(scripts), 'package-lock.json': '' };
    expect(detect(files).gate).toEqual(['npm run typecheck', 'npm run lint', 'npm run build', 'npm test']);
  });

  it('leaves out what the test script runs itself', () => {
    const scripts = { test: 'npm run lint && npm run build:all && node --test', lint: 'x', build: 'y' };
    expect(detect({ 'package.json': packageJson(scripts) }).gate).toEqual(['npm run build', 'npm test']);
  });

  it.each([
    ['echo "Error: no test specified" && exit 1', 0],
    ['', 0],
    ['jest --watch', 1],
    ['vitest watch', 1],
  ])('does not take %j as a gate', (test, notes) => {
    const found = detect({ 'package.json': packageJson({ test }) });
    expect(found.gate).toEqual([]);
    expect(found.notes).toHaveLength(notes);
  });

  it('lets react-scripts end', () => {
    expect(detect({ 'package.json': packageJson({ test: 'react-scripts test' }) }).gate).toEqual([
      'CI=true npm test',
    ]);
  });

  it('says that there is no lock file, and copies what is installed', () => {
    const text = packageJson({ test: 'x' }, { devDependencies: { a: '1' } });
    const found = detect({ 'package.json': text, node_modules: '' });
    expect(found).toMatchObject({ setup: ['npm install --no-package-lock'], copy: ['node_modules'] });
    expect(found.notes).toEqual([expect.stringContaining('no lock file')]);
    expect(detect({ 'package.json': packageJson({ test: 'x' }) })).toMatchObject({ setup: [], copy: [] });
  });

  it.each(['{', '[]', 'null', '{"scripts": []}', '{"scripts": {"test": 5}, "packageManager": 1}'])(
    'survives %s',
    (text) => {
      expect(detect({ 'package.json': text }).gate).toEqual([]);
    },
  );
});

describe('detectProject: others', () => {
  it.each<[string, Record<string, string>, string[], string[]]>([
    ['cargo', { 'Cargo.toml': '[package]' }, ['cargo test'], []],
    [
      'cargo workspace',
      { 'Cargo.toml': '[workspace]\n', 'Cargo.lock': '' },
      ['cargo test --workspace --locked'],
      [],
    ],
    ['go', { 'go.mod': 'module x' }, ['go vet ./...', 'go test ./...'], []],
    ['uv', { 'pyproject.toml': 'pytest', 'uv.lock': '' }, ['uv run --frozen pytest'], ['uv sync --frozen']],
    [
      'poetry',
      { 'pyproject.toml': '[tool.pytest.ini_options]', 'poetry.lock': '' },
      ['poetry run pytest'],
      ['poetry install --no-interaction'],
    ],
    ['tox', { 'pyproject.toml': '', 'tox.ini': '' }, ['tox'], []],
    [
      'a package with pytest',
      { 'pyproject.toml': '[project]\nname = "x"\n[tool.pytest.ini_options]\n' },
      ['.venv/bin/python -m pytest'],
      ['python3 -m venv .venv', '.venv/bin/pip install -e .', '.venv/bin/pip install pytest'],
    ],
    [
      'requirements and unittest',
      { 'requirements.txt': 'flask\n', tests: '' },
      ['.venv/bin/python -m unittest'],
      ['python3 -m venv .venv', '.venv/bin/pip install -r requirements.txt'],
    ],
    ['make check', { Makefile: 'all: x\ncheck: all\n\techo\ntest:\n' }, ['make check'], []],
    [
      'make lint test',
      { Makefile: '.PHONY: test lint\nlint test:\n\techo\n' },
      ['make lint', 'make test'],
      [],
    ],
    ['a variable is no target', { Makefile: 'test := 1\ncheck ::= 2\n\ttest: x\n' }, [], []],
    ['make beside go', { Makefile: 'test:\n', 'go.mod': '' }, ['go vet ./...', 'go test ./...'], []],
    ['nothing', { 'README.md': 'x' }, [], []],
  ])('%s', (_, files, gate, setup) => {
    expect(detect(files)).toMatchObject({ gate, setup, copy: [] });
  });

  it('takes pre-commit where it is installed, else says so', () => {
    const files = { 'go.mod': '', '.pre-commit-config.yaml': 'repos: []' };
    expect(detect(files, ['pre-commit']).gate).toEqual([
      'go vet ./...',
      'go test ./...',
      'pre-commit run --all-files',
    ]);
    expect(detect(files).gate).not.toContain('pre-commit run --all-files');
    expect(detect(files).notes).toEqual([expect.stringContaining('pre-commit is not on PATH')]);
  });

  it('takes plain lines of a husky hook', () => {
    const hook =
      '#!/bin/sh\n. "$(dirname "$0")/_/husky.sh"\n\nnpm test\nnpm run spell\nnpx lint-staged\n[ -n "$X" ] && y\n';
    const found = detect({ 'package.json': packageJson({ test: 'x' }), '.husky/pre-commit': hook });
    expect(found.gate).toEqual(['npm test', 'npm run spell']);
    expect(found.notes).toEqual([
      expect.stringContaining('`npx lint-staged`'),
      expect.stringContaining('`[ -n "$X" ] && y`'),
    ]);
  });
});

describe('detectProject: how a bug is proved', () => {
  const proofOf = (files: Record<string, string>) =>
    detectProject({ files: new Map(Object.entries(files)), onPath: [] }).proof;
  it.each([
    ['vitest', { devDependencies: { vitest: '4' } }],
    ['jest in a script', { scripts: { test: 'CI=1 jest --ci' } }],
    ['node:test', { scripts: { test: 'node --import tsx --test' } }],
  ])('%s is known without a word', (_name, manifest) => {
    expect(proofOf({ 'package.json': JSON.stringify(manifest) })).toEqual({ possible: true, commands: [] });
  });

  it('nothing is known of other runners', () => {
    for (const files of [
      {},
      { 'package.json': '{"scripts":{"test":"mocha"}}' },
      { 'package.json': '[' },
      { 'Cargo.toml': '' },
      { 'requirements.txt': 'flask\n' },
    ])
      expect(proofOf(files as Record<string, string>)).toEqual({ possible: false, commands: [] });
  });

  it('pytest, called as the gate calls it, and go test', () => {
    expect(proofOf({ 'pytest.ini': '', 'uv.lock': '', 'go.mod': '' })).toEqual({
      possible: true,
      commands: [
        {
          ...{ run: 'uv run --frozen pytest {files} --junitxml={report}', files: ['**/*.py'] },
          report: 'junit',
        },
        { run: 'go test -json {packages} > {report}', files: ['**/*_test.go'], report: 'go' },
      ],
    });
  });
});

describe('detectProject: agents', () => {
  it('finds the known clients, in order of preference, each unattended', () => {
    const names = ['aider', 'claude', 'codex', 'gemini', 'opencode', 'pi'];
    const { agents } = detect({}, [...names, 'git', 'node']);
    expect(agents.map(({ name }) => name)).toEqual(['claude', 'codex', 'opencode', 'gemini', 'pi', 'aider']);
    const presets = agents.filter(({ agent }) => agent.kind === 'preset');
    expect(presets.map(({ agent }) => agent)).toEqual(
      presets.map(({ name }) => ({ kind: 'preset', preset: name, args: [] })),
    );
    expect(presets).toHaveLength(5);
    expect(agents.at(-1)?.agent).toMatchObject({ kind: 'command', prompt: 'file' });
    expect(detect({}, ['git']).agents).toEqual([]);
  });
});
