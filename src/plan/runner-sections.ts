import { isDeepStrictEqual } from 'node:util';

/** Keys of package.json that are a test runner's or a linter's configuration, or the programs of git hooks. */
const PACKAGE_KEYS = [
  ...['jest', 'mocha', 'ava', 'vitest', 'tap', 'c8', 'nyc', 'jasmine', 'playwright', 'babel', 'wireit', 'nx'],
  ...['eslintConfig', 'prettier', 'stylelint', 'xo', 'tsd', 'husky', 'simple-git-hooks', 'lint-staged'],
];
/** Files with much else in them: the headers of the sections that count, or the lines. */
const SECTIONS: Readonly<Record<string, RegExp>> = {
  'pyproject.toml':
    /^tool\.(?:pytest|tox|coverage|nox|poe|taskipy|pdm\.scripts|hatch\.envs|pixi\.tasks|mypy|ruff|pylint|pyright)\b/,
  'setup.cfg': /^(?:tool:pytest|coverage:|aliases|flake8|mypy)/,
  'bunfig.toml': /^test\b/,
};
const LINES: Readonly<Record<string, RegExp>> = {
  'pom.xml': /skipTests|skipITs|maven\.test|testFailureIgnore|surefire|failsafe|failIfNo/i,
  'build.gradle':
    /ignoreFailures|useJUnit|useTestNG|excludeTests|failOnNo|enabled\s*=|onlyIf|\bexclude\b.*[Tt]est/,
  'build.gradle.kts':
    /ignoreFailures|useJUnit|useTestNG|excludeTests|failOnNo|enabled\s*=|onlyIf|\bexclude\b.*[Tt]est/,
  'cargo.toml': /^\s*(?:harness|test|doctest|bench|autotests)\s*=/,
};

/** What of a file is configuration of a test runner and differs between two texts: the names of keys or sections. */
export function changedRunnerSections(path: string, before: string | null, after: string | null): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (name === 'package.json') {
    const [old, now] = [readJson(before), readJson(after)];
    return PACKAGE_KEYS.filter((key) => !isDeepStrictEqual(old[key], now[key]));
  }
  const sections = SECTIONS[name];
  if (sections !== undefined) return differing(sectionsOf(before, sections), sectionsOf(after, sections));
  const lines = LINES[name];
  if (lines === undefined) return [];
  const of = (text: string | null) => (text ?? '').split(/\r?\n/).filter((line) => lines.test(line));
  return isDeepStrictEqual(of(before), of(after)) ? [] : ['lines about tests'];
}

/** Text that is no JSON object has no keys: a package.json like that fails the gate by itself. */
export function readJson(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse((text ?? '{}').replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

function differing(old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
}

/** Header of each section that counts -> its lines. Keys such as `tool.pytest.x = 1` outside of one count as well. */
function sectionsOf(text: string | null, wanted: RegExp): Map<string, string> {
  const found = new Map<string, string>();
  let header = '';
  for (const line of (text ?? '').split(/\r?\n/)) {
    const opened = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(line)?.[1]?.replace(/["'\s]/g, '');
    if (opened !== undefined) header = opened;
    const key = /^\s*([\w."' :-]+?)\s*=/.exec(line)?.[1]?.replace(/["'\s]/g, '') ?? '';
    const full = header === '' ? key : `${header}.${key}`;
    const name = wanted.test(header) ? header : wanted.test(full) ? full : null;
    if (name !== null && line.trim() !== '') found.set(name, `${found.get(name) ?? ''}${line}\n`);
  }
  return found;
}
