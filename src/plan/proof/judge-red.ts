import { plainText } from '../../task/text.ts';
import type { TestCase } from '../reports/test-report.ts';
import { type ProvenTest, shortened, someOf } from './proof.ts';
import { type SeenTests, seenTests } from './seen-tests.ts';

/** How a runner ended and what its report says; files of tests are relative to the checkout's root. */
export interface RunnerAnswer {
  /** In words a person knows: `vitest`, or the command of rota.yaml. */
  readonly name: string;
  /** The files it was asked to run. */
  readonly files: readonly string[];
  /** Names of the tests in them, for reports that say no file; null: not known. */
  readonly declared: ReadonlySet<string> | null;
  readonly passed: boolean;
  /** `exit 1`, `took longer than its limit of 30 min`. */
  readonly how: string;
  /** The end of its output. */
  readonly tail: string;
  /** Or why there is none: `there is no report`. */
  readonly report: readonly TestCase[] | { readonly problem: string };
}

/** What `how` says of a runner that could not be called. */
export const NOT_STARTED = 'not started';

/** What the branch's tests did on old main's code. */
export type RedVerdict =
  | {
      readonly kind: 'red';
      /** By the index of the answer that has them. */
      readonly tests: ReadonlyMap<number, readonly ProvenTest[]>;
      readonly greenBefore: readonly string[];
    }
  /** `reason`: one line. `failure`: for the agent, with what to do. */
  | { readonly kind: 'unproven'; readonly reason: string; readonly failure: string };

/**
 * Whether at least one of the branch's tests fails on old main for an assertion. A test that cannot load there, or that
 * breaks in another way, proves nothing: any test of anything is red on a tree that lacks what it needs.
 */
export function judgeRed(answers: readonly RunnerAnswer[]): RedVerdict {
  const seen = answers.map(seenTests);
  const tests = new Map(
    seen.flatMap(({ red }, index): [number, readonly ProvenTest[]][] =>
      red.length === 0 ? [] : [[index, red]],
    ),
  );
  const lied = answers.find((answer, index) => answer.passed && seen[index]!.failed > 0);
  if (lied !== undefined) return unproven(lyingReason(lied), [LYING]);
  if (tests.size > 0) return { kind: 'red', tests, greenBefore: seen.flatMap(({ green }) => green) };
  return whyNot(answers, seen);
}

function whyNot(answers: readonly RunnerAnswer[], seen: readonly SeenTests[]): RedVerdict {
  const all = (pick: (one: SeenTests) => readonly string[]) => seen.flatMap(pick);
  const [wrong, green, skipped, unseen] = [
    all((one) => one.wrong),
    all((one) => one.green),
    all((one) => one.skipped),
    all((one) => one.unseen),
  ];
  const broken = answers.find(({ report }) => 'problem' in report);
  const lines = [
    ...listed('Red for the wrong reason:', wrong),
    ...listed('Green on old main, so they prove nothing:', green),
    ...listed('Skipped on old main:', skipped),
    ...listed('No test of these files ran:', unseen),
  ];
  if (wrong.length > 0)
    return unproven(`red for the wrong reason: ${someOf(wrong, 160)}`, [...lines, '', WRONG_REASON]);
  if (green.length > 0)
    return unproven(`was green before: proves nothing: ${someOf(green, 160)}`, [...lines, '', GREEN_BEFORE]);
  if (skipped.length > 0)
    return unproven(`no test ran on old main, skipped: ${someOf(skipped, 160)}`, [
      ...lines,
      '',
      GREEN_BEFORE,
    ]);
  if (broken !== undefined) return unproven(brokenReason(broken), [...brokenLines(broken), '', NEVER_RAN]);
  return unproven(`never ran: ${someOf(unseen, 160)}`, [...lines, ...tailOf(answers[0]), '', NEVER_RAN]);
}

/** The runner left no report: it could not run, or it found nothing to run. */
function brokenReason({ name, files, how, tail, report }: RunnerAnswer): string {
  if (how === NOT_STARTED && 'problem' in report) return report.problem;
  if (/no test(?:s| files?)?(?: were| was)? found|no tests ran/i.test(tail))
    return `never ran: ${name} finds no test in ${someOf(files, 120)}`;
  const problem = 'problem' in report ? report.problem : '';
  return `red for the wrong reason: ${name} could not run the tests on old main (${how}; ${problem})`;
}

function brokenLines(answer: RunnerAnswer): string[] {
  return [`${answer.name} on old main with the branch's tests: ${answer.how}.`, ...tailOf(answer)];
}

function tailOf(answer: RunnerAnswer | undefined): string[] {
  if (answer === undefined || answer.tail.trim() === '') return [];
  return ['The end of its output:', answer.tail];
}

export const LYING =
  'A runner whose report has failures must end with a failure. Something makes it end with success (process.exit, a hook, a ' +
  'patched reporter): take that out.';

export function lyingReason({ name }: RunnerAnswer): string {
  return `${name} ended with success although its report has failures`;
}

const WRONG_REASON =
  'A reproduction loads on old main and fails there because an expectation is not met. Test through what main has already: no ' +
  'import of a new module or a new export, no file that only the branch has. If the bug is an error that is thrown, expect that it ' +
  'is not thrown.';
const GREEN_BEFORE =
  'Write a test that fails on main as it is, for the reason that the task states, and passes with the change.';
const NEVER_RAN =
  "The tests must be where main's own runner and its configuration look for them, with names that it takes for tests.";

function listed(title: string, names: readonly string[]): string[] {
  const shown = names.slice(0, 20).map((name) => `- ${shortened(plainText(name), 300)}`);
  if (names.length > 20) shown.push(`- and ${names.length - 20} more`);
  return names.length === 0 ? [] : [title, ...shown];
}

/** What happened, for the agent. */
export function unproven(
  reason: string,
  lines: readonly string[],
): Extract<RedVerdict, { kind: 'unproven' }> {
  const plain = plainText(reason);
  return { kind: 'unproven', reason: plain, failure: [`The proof failed: ${plain}`, ...lines].join('\n') };
}
