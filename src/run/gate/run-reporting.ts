import { join } from 'node:path';
import type { Mask } from '../../agent/mask.ts';
import type { GateCommand } from '../../config.ts';
import type { Wrap } from '../../isolate/none.ts';
import { judgeReport } from '../../plan/reports/judge-report.ts';
import type { TestReport } from '../../plan/reports/test-report.ts';
import type { System } from '../../system/ports.ts';
import { openReport } from './report-file.ts';
import { type CommandEnd, runCommand } from './run-command.ts';

/** Where and how the commands of one gate run. */
export interface CommandPlace {
  /** The gate's checkout. */
  readonly folder: string;
  /** A folder of rota's outside every checkout, for reports. */
  readonly reports: string;
  /** The environment of one command, by the variables that it names. */
  environment(named: readonly string[]): Readonly<Record<string, string>>;
  /** What isolates them. */
  readonly wrap: Wrap;
  readonly run: string;
  readonly runFolder: string;
  /** For reports, which are kept with the run. */
  readonly mask: Mask;
  readonly stop: AbortSignal;
}

/** One run of a gate command, judged with its report. */
export interface JudgedRun {
  readonly end: CommandEnd;
  readonly passed: boolean;
  readonly tests: number | null;
  /** Why it failed, on one line. */
  readonly detail: string | null;
  /** Null: it is asked for none, or it wrote none that can be read. */
  readonly report: TestReport | null;
}

/**
 * Runs a gate command once and reads its report, if rota.yaml asks for one.
 *
 * @param log the name of its output's file in the run's folder, without `.log`
 */
export async function runReporting(
  system: System,
  command: GateCommand,
  place: CommandPlace,
  log: string,
): Promise<JudgedRun> {
  const { folder: checkout, reports, run, runFolder, stop } = place;
  const file =
    command.report === null
      ? null
      : await openReport(system, { wish: command.report, command: command.run, checkout, reports });
  try {
    const end = await runCommand(system, {
      command: file?.command ?? command.run,
      cwd: checkout,
      env: { ...place.environment(command.env), ...file?.env },
      wrap: place.wrap,
      run,
      timeLimit: command.timeLimit,
      outputFile: join(runFolder, `${log}.log`),
      stop,
    });
    const passed = end.kind === 'passed';
    if (file === null || end.kind === 'interrupted')
      return { end, passed, tests: null, detail: passed ? null : end.how, report: null };
    const { report, bytes, extension } = await file.read();
    if (bytes !== null)
      await system.files.write(join(runFolder, `${log}-report.${extension}`), place.mask.bytes(bytes));
    const verdict = judgeReport({ passed, how: end.how }, report);
    return { end, ...verdict, report: 'problem' in report ? null : report };
  } finally {
    await file?.clean();
  }
}
