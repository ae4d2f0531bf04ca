import { failureKind } from './failure-kind.ts';
import {
  failureMessage,
  looksLikeTestFile,
  MOST_TESTS,
  type ReportPlace,
  secondsOf,
  TOO_MANY,
  testFile,
  testName,
} from './report-text.ts';
import { type Diagnostics, readDiagnostics } from './tap-diagnostics.ts';
import type { TestCase, TestReport } from './test-report.ts';

/** TAP 13 and 14, with node:test's subtests and YAML blocks. A plan that is not kept is a report that was cut off. */
export function readTap(text: string, place: ReportPlace): TestReport | { readonly problem: string } {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const levels: Level[] = [newLevel()];
  const tests: TestCase[] = [];
  let version = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const indent = /^ */.exec(line)![0].length;
    const depth = indent / 4;
    const words = line.slice(indent);
    version ||= words.startsWith('TAP version ');
    if (!Number.isInteger(depth) || depth > MOST_DEPTH) continue;
    const bail = /^Bail out!(.*)$/.exec(words);
    if (bail !== null) return { tests: [...tests, bailedOut(bail[1]!, place)] };
    if (tests.length > MOST_TESTS) return TOO_MANY;
    const subtest = /^# Subtest: (.*)$/.exec(words);
    if (subtest !== null) {
      while (levels.length < depth + 1) levels.push(newLevel());
      levels[depth]!.names.push(unescaped(subtest[1]!));
      continue;
    }
    const plan = /^1\.\.(\d{1,9})(?:\s*#.*)?$/.exec(words);
    const point = /^(not )?ok\b(?: +(\d+))?(?: +-)? *(.*)$/.exec(words);
    if (plan === null && point === null) continue;
    while (levels.length < depth + 1) levels.push(newLevel());
    const level = levels[depth]!;
    if (plan !== null) {
      level.plan = Number(plan[1]);
      continue;
    }
    const children = levels.length > depth + 1 ? levels[depth + 1]! : null;
    if (children !== null) {
      const broken = brokenPlan(children);
      if (broken !== null) return { problem: broken };
    }
    levels.length = depth + 1;
    level.seen++;
    const read = readDiagnostics(lines, at + 1, indent);
    at = read.next - 1;
    const { name, directive } = described(point![3]!);
    const parts = [...levels.slice(0, depth).map(({ names }) => names.at(-1) ?? ''), name];
    const test = testOf(
      parts,
      { failed: point![1] !== undefined, directive, diagnostics: read.found },
      place,
    );
    // A suite is counted by its tests; only what went wrong in it beside them is its own.
    const suite = (children?.seen ?? 0) > 0 || read.found.type === 'suite';
    if (suite ? isOwnFailure(test, read.found) : !isEmptyFile(name, test)) tests.push(test);
  }
  if (!version && tests.length === 0 && levels[0]!.plan === null)
    return { problem: 'it is no TAP: there is no version, no plan and no test in it' };
  const broken = levels.map(brokenPlan).find((problem) => problem !== null);
  return broken === undefined || broken === null ? { tests } : { problem: broken };
}

const MOST_DEPTH = 100;

/** The test points of one indentation, so far. */
interface Level {
  seen: number;
  plan: number | null;
  /** Of the subtests that were announced here. */
  readonly names: string[];
}

function newLevel(): Level {
  return { seen: 0, plan: null, names: [] };
}

function brokenPlan({ plan, seen }: Level): string | null {
  if (plan === null) return seen === 0 ? null : 'it is cut off: there is no plan (`1..N`) for its tests';
  return plan === seen
    ? null
    : `it is cut off, or a test ended the runner: ${plan} tests planned, ${seen} reported`;
}

/** The directive begins at the last `#` that is not escaped. */
function described(text: string): { name: string; directive: 'skip' | 'todo' | null } {
  const match = /^(.*?)(?:^|\s)#\s*(skip|todo)\b.*$/i.exec(text);
  if (match === null || match[1]!.endsWith('\\')) return { name: unescaped(text.trim()), directive: null };
  return {
    name: unescaped(match[1]!.trim()),
    directive: match[2]!.toLowerCase() === 'skip' ? 'skip' : 'todo',
  };
}

interface Point {
  readonly failed: boolean;
  readonly directive: 'skip' | 'todo' | null;
  readonly diagnostics: Diagnostics;
}

function testOf(
  parts: readonly string[],
  { failed, directive, diagnostics }: Point,
  place: ReportPlace,
): TestCase {
  const state = directive !== null ? 'skipped' : failed ? 'failed' : 'passed';
  const last = parts.at(-1) ?? '';
  const location =
    diagnostics.location?.replace(/(?::\d+){1,2}$/, '') ?? (looksLikeTestFile(last) ? last : null);
  const message = failureMessage(diagnostics.error ?? '');
  const kind = failureKind({ type: diagnostics.name ?? diagnostics.code, message });
  const recognised = diagnostics.code === 'ERR_ASSERTION' ? 'assertion' : kind;
  return {
    name: testName(parts, place),
    file: testFile(location, place),
    state,
    failure: state === 'failed' ? { kind: recognised, message: message || 'no message' } : null,
    seconds: secondsOf(diagnostics.duration, 'ms'),
  };
}

function isOwnFailure(test: TestCase, { failureType }: Diagnostics): boolean {
  return test.state === 'failed' && failureType !== undefined && failureType !== 'subtestsFailed';
}

/** node:test calls a file without a single test a test that passed. */
function isEmptyFile(name: string, { state }: TestCase): boolean {
  return state === 'passed' && looksLikeTestFile(name) && name.includes('/');
}

function bailedOut(why: string, place: ReportPlace): TestCase {
  const message = failureMessage(why) || 'no reason given';
  return {
    name: testName(['Bail out!'], place),
    file: null,
    state: 'failed',
    failure: { kind: 'error', message },
    seconds: null,
  };
}

function unescaped(text: string): string {
  return text.replace(/\\([#\\])/g, '$1');
}
