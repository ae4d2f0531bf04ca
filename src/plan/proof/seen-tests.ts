import { plainText } from '../../task/text.ts';
import type { TestCase } from '../reports/test-report.ts';
import type { RunnerAnswer } from './judge-red.ts';
import { type ProvenTest, shortened } from './proof.ts';

/** What a run on old main says about the branch's own tests. */
export interface SeenTests {
  /** Failed for an assertion. */
  readonly red: readonly ProvenTest[];
  /** Failed for anything else: name and message. */
  readonly wrong: readonly string[];
  readonly green: readonly string[];
  readonly skipped: readonly string[];
  /** Files that no test of the report is in, as far as reports say files. */
  readonly unseen: readonly string[];
  /** How many failed in all, tests of others included. */
  readonly failed: number;
}

export function seenTests({ files, declared, report }: RunnerAnswer): SeenTests {
  if ('problem' in report) return { red: [], wrong: [], green: [], skipped: [], unseen: files, failed: 0 };
  const own = report.filter((test) =>
    test.file === null ? isDeclared(declared, test) : files.includes(test.file),
  );
  const named = (state: TestCase['state']) =>
    own.filter((test) => test.state === state).map(({ name }) => name);
  const placed = own.every(({ file }) => file !== null);
  const withTests = new Set(own.map(({ file }) => file));
  return {
    red: own.flatMap(({ name, file, failure }) =>
      isProof(failure) ? [{ name, file, failure: firstLine(failure?.message ?? '') }] : [],
    ),
    wrong: own.flatMap(({ name, state, failure }) =>
      state === 'failed' && !isProof(failure) ? [wordsOf(name, failure)] : [],
    ),
    green: named('passed'),
    skipped: named('skipped'),
    unseen: placed ? files.filter((path) => !withTests.has(path)) : [],
    failed: report.filter(({ state }) => state === 'failed').length,
  };
}

/**
 * By a part of the name: `suite > TestA > sub`, `TestA/sub`, `test_a[1-2]`. What broke counts whatever it is called: a package or a
 * file that cannot be loaded has no test's name.
 */
function isDeclared(declared: ReadonlySet<string> | null, { name, state, failure }: TestCase): boolean {
  if (declared === null || (state === 'failed' && failure?.kind !== 'assertion')) return true;
  const parts = name.split(/ > |\/|::|\s/).map((part) => part.replace(/\[.*$/s, ''));
  return parts.some((part) => declared.has(part));
}

/** An expectation about an import that is not there is a missing import all the same. */
function isProof(failure: TestCase['failure']): boolean {
  return failure?.kind === 'assertion' && !NOT_THERE.test(failure.message);
}

const NOT_THERE =
  /Cannot find (?:module|package)|ERR_MODULE_NOT_FOUND|Failed to (?:load url|resolve import)|No module named|cannot import name|does not provide an export named/;

function wordsOf(name: string, failure: TestCase['failure']): string {
  return `${name}: ${firstLine(failure?.message ?? '')}`;
}

function firstLine(message: string): string {
  const line = message.split('\n').find((text) => text.trim() !== '') ?? 'it failed';
  return shortened(plainText(line).trim(), 200);
}
