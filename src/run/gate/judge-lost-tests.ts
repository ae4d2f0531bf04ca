import type { GateCommand } from '../../config.ts';
import type { BranchChange } from '../../plan/branch-changes.ts';
import { movedFiles } from '../../plan/branch-changes.ts';
import type { ContractFinding } from '../../plan/changed-file.ts';
import { type KnownTest, knownTests, lostTests } from '../../plan/reports/known-tests.ts';
import { lostTestsFindings } from '../../plan/reports/lost-tests-findings.ts';
import type { TestReport } from '../../plan/reports/test-report.ts';
import type { KnownTestsStore } from './known-tests-store.ts';
import { commandInWords } from './run-command.ts';
import type { JudgedRun } from './run-reporting.ts';

export interface LostTestsInput {
  readonly store: KnownTestsStore;
  /** Contents of main and of the candidate, as store/content-of.ts names them. */
  readonly content: { readonly base: string; readonly candidate: string };
  /** Of the commands that ran on the candidate, all green. */
  readonly reports: ReadonlyMap<GateCommand, TestReport>;
  /** Entries that this change does not need. */
  readonly skipped: readonly GateCommand[];
  readonly changes: readonly BranchChange[];
  /** Runs commands once on main itself. Null: it was stopped; a sentence: main cannot be made ready. */
  runOnBase(commands: readonly GateCommand[]): Promise<ReadonlyMap<GateCommand, JudgedRun> | string | null>;
}

export interface LostTestsEnd {
  readonly interrupted: boolean;
  readonly findings: readonly ContractFinding[];
  /** Commands whose tests on main nobody knows, and why: they are not compared. */
  readonly unknown: readonly string[];
}

/**
 * Compares the tests of a green candidate with those of main. What main's tests are is remembered for each content and
 * command; where it is not known, the command runs once on main.
 */
export async function judgeLostTests(input: LostTestsInput): Promise<LostTestsEnd> {
  const { store, content, reports, skipped, changes } = input;
  const base = await testsOfBase(input);
  if (base === null) return { interrupted: true, findings: [], unknown: [] };
  const moved = movedFiles(changes);
  const findings = [...reports].flatMap(([command, report]) => {
    const before = base.known.get(command);
    if (before === undefined) return [];
    return lostTestsFindings(commandInWords(command.run), lostTests(before, report, moved));
  });
  for (const [command, report] of reports) await store.write(content.candidate, command, knownTests(report));
  // What this change does not concern has the tests that it had.
  for (const command of skipped) {
    const known = command.report === null ? null : await store.read(content.base, command);
    if (known !== null) await store.write(content.candidate, command, known);
  }
  return { interrupted: false, findings: [...base.findings, ...findings], unknown: base.unknown };
}

interface BaseTests {
  readonly known: ReadonlyMap<GateCommand, readonly KnownTest[]>;
  readonly findings: readonly ContractFinding[];
  readonly unknown: readonly string[];
}

/** Null: it was stopped. */
async function testsOfBase({
  store,
  content,
  reports,
  runOnBase,
}: LostTestsInput): Promise<BaseTests | null> {
  const known = new Map<GateCommand, readonly KnownTest[]>();
  const asked: GateCommand[] = [];
  for (const command of reports.keys()) {
    const tests = await store.read(content.base, command);
    if (tests === null) asked.push(command);
    else known.set(command, tests);
  }
  if (asked.length === 0) return { known, findings: [], unknown: [] };
  const ran = await runOnBase(asked);
  if (ran === null) return null;
  if (typeof ran === 'string') return { known, findings: [], unknown: [ran] };
  const findings: ContractFinding[] = [];
  const unknown: string[] = [];
  for (const [command, { end, report, detail }] of ran) {
    const name = commandInWords(command.run);
    if (report !== null) {
      const tests = knownTests(report);
      known.set(command, tests);
      await store.write(content.base, command, tests);
    } else if (end.timedOut) findings.push(unknownTests(name, end.how));
    else unknown.push(`${name}: ${detail}`);
  }
  return { known, findings, unknown };
}

/** Main may well have tests: a person must say that none of them is missing. */
function unknownTests(name: string, how: string): ContractFinding {
  const message = `which tests main has is not known: ${name} ${how} there; a person must say that none is missing`;
  return { severity: 'held', path: name, rule: 'tests-unknown', message };
}
