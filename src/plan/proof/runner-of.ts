import type { NativeRunner, PackageFacts } from '../../role/package-facts.ts';
import type { ProofFile } from './proof-files.ts';

/** Who runs a test file, by what old main's package and the file itself say. */
export type RunnerOf =
  | { readonly kind: 'native'; readonly runner: NativeRunner; readonly from: PackageFacts }
  /** It is no test itself: it travels with those that are. */
  | { readonly kind: 'helper' }
  /** It looks like a test, and nobody is known who runs it. */
  | { readonly kind: 'unknown' };

/**
 * @param packages of the folders above the file on old main, the nearest first
 */
export function runnerOf(file: ProofFile, packages: readonly PackageFacts[]): RunnerOf {
  if (!/\.[cm]?[jt]sx?$/.test(file.path)) return { kind: isNamedAsTest(file.path) ? 'unknown' : 'helper' };
  const text = file.text === null ? '' : withoutComments(file.text);
  const imported = IMPORTS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
  if (imported === null && !isNamedAsTest(file.path) && !declaresTests(text)) return { kind: 'helper' };
  const knowing = packages.find(({ runners }) => runners.length > 0);
  // What main never runs proves nothing for tomorrow: a project that has a runner is proved by that one.
  if (imported !== null) {
    const named = packages.find(({ runners }) => runners.includes(imported));
    if (named !== undefined) return { kind: 'native', runner: imported, from: named };
    if (imported === 'node' && knowing === undefined)
      return { kind: 'native', runner: 'node', from: packages.at(-1) ?? NO_PACKAGE };
  }
  const first = knowing?.runners[0];
  if (knowing === undefined || first === undefined) return { kind: 'unknown' };
  // `node --test` runs what imports it; a file with globals is for the other runner, if there is one.
  const runner =
    first === 'node' && imported === null ? knowing.runners.find((name) => name !== 'node') : first;
  return { kind: 'native', runner: runner ?? first, from: knowing };
}

const NO_PACKAGE: PackageFacts = { folder: '', runners: [], scripts: [] };

const IMPORTS: readonly (readonly [NativeRunner, RegExp])[] = [
  ['node', importOf('node:test')],
  ['vitest', importOf('vitest')],
  ['jest', importOf('@jest/globals')],
];

function importOf(name: string): RegExp {
  return new RegExp(`(?:\\bfrom|\\bimport|\\brequire\\s*\\(|\\bimport\\s*\\()\\s*['"]${name}['"]`);
}

/** As the common runners find them: `a.test.ts`, `a-spec.js`, `test_a.py`, `a_test.go`, `UserTest.java`, `test.js`. */
function isNamedAsTest(path: string): boolean {
  const name = path.split('/').at(-1) ?? '';
  return (
    /[._-](?:test|spec|cy|e2e)\.[^.]+$/i.test(name) ||
    /^test(?:[_-][^/]*)?\.[^.]+$/i.test(name) ||
    /^[A-Z]\w*(?:Tests?|Spec|IT)\.[a-z]+$/.test(name)
  );
}

function declaresTests(text: string): boolean {
  return /^[^\S\n]*(?:test|it|describe)(?:\.\w+)*\s*(?:\(|`)/m.test(text);
}

/** Enough to see that an import is not commented out; strings with `//` in them lose nothing that matters here. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^[^\S\n]*\/\/.*$/gm, '');
}
