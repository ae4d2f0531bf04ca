import type { GateCommand } from '../../config.ts';
import type { RotaEvent } from '../../events.ts';
import { failureDigest } from '../../plan/failure-digest.ts';
import { flakyName, flakyTests } from '../../plan/reports/flaky-tests.ts';
import type { TestReport } from '../../plan/reports/test-report.ts';
import type { System } from '../../system/ports.ts';
import type { GateCheck } from './gate-report.ts';
import { type CommandEnd, commandInWords } from './run-command.ts';
import { type CommandPlace, type JudgedRun, runReporting } from './run-reporting.ts';

export interface RunCommandsInput extends CommandPlace {
  /** With their place in rota.yaml's gate, counted from 0. */
  readonly commands: readonly { readonly entry: GateCommand; readonly index: number }[];
  /** Output goes to `gate-<turn>-<n>.log` in the run's folder. */
  readonly turn: number;
  /** Whether main itself is judged: that it has no tests yet is no reason to call it red. */
  readonly onMain: boolean;
  onCheck(check: GateCheck, end: CommandEnd): void;
  emit(event: RotaEvent): void;
}

export interface CommandsEnd {
  /** Null: every command passed. */
  readonly failure: string | null;
  readonly interrupted: boolean;
  /** The reports of those that passed and wrote one. */
  readonly reports: ReadonlyMap<GateCommand, TestReport>;
}

/** Runs the gate's commands in order, up to the first that fails; one with `retry` fails when it does so twice. */
export async function runCommands(system: System, input: RunCommandsInput): Promise<CommandsEnd> {
  const reports = new Map<GateCommand, TestReport>();
  for (const { entry, index } of input.commands) {
    const name = commandInWords(entry.run);
    const ran = await runWithRetry(system, input, entry, `gate-${input.turn}-${index + 1}`);
    if (ran.end.kind === 'interrupted') return { failure: null, interrupted: true, reports };
    const { tests, report } = ran;
    const passed = ran.passed || (input.onMain && report?.tests.length === 0);
    const detail = passed ? null : ran.detail;
    input.onCheck({ name, passed, seconds: ran.seconds, tests, detail, flaky: ran.flaky }, ran.end);
    if (!passed) return { failure: failureOf(name, ran), interrupted: false, reports };
    if (report !== null) reports.set(entry, report);
  }
  return { failure: null, interrupted: false, reports };
}

interface TriedRun extends JudgedRun {
  /** Of both runs. */
  readonly seconds: number;
  /** Tests that failed first and then passed, or the command itself. */
  readonly flaky: readonly string[];
}

async function runWithRetry(
  system: System,
  input: RunCommandsInput,
  command: GateCommand,
  log: string,
): Promise<TriedRun> {
  const first = await runReporting(system, command, input, log);
  const { seconds } = first.end;
  if (first.passed || !command.retry || first.end.kind === 'interrupted')
    return { ...first, seconds, flaky: [] };
  const name = commandInWords(command.run);
  const message = `${name} failed (${first.detail}); it is run once more`;
  input.emit({ type: 'notice', level: 'info', message });
  const second = await runReporting(system, command, input, `${log}-again`);
  const flaky = second.end.kind === 'interrupted' ? [] : flakyOf(name, first, second);
  for (const test of flaky.slice(0, MOST_EVENTS)) input.emit({ type: 'flaky', command: name, test });
  return { ...second, seconds: seconds + second.end.seconds, flaky };
}

/** What is remembered one by one; a run in which more than that was flaky says nothing about single tests. */
const MOST_EVENTS = 50;

/** Without tests to name it is the command as a whole. */
function flakyOf(name: string, first: JudgedRun, second: JudgedRun): string[] {
  const tests =
    first.report === null || second.report === null ? [] : flakyTests(first.report, second.report);
  const found = tests.length === 0 && second.passed ? [name] : tests;
  return [...new Set(found.map(flakyName))];
}

export function checkOf(name: string, end: CommandEnd): GateCheck {
  const passed = end.kind === 'passed';
  return { name, passed, seconds: end.seconds, tests: null, detail: passed ? null : end.how };
}

function failureOf(name: string, { end, detail, report }: JudgedRun): string {
  const failed = (report?.tests ?? []).filter(({ state }) => state === 'failed');
  const { errors, tail } = end;
  return failureDigest({ what: 'gate command', name, how: detail ?? end.how, failed, errors, tail });
}
