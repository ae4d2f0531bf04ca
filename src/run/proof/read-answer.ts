import { join } from 'node:path';
import { declaredTests } from '../../plan/proof/declared-tests.ts';
import type { RunnerAnswer } from '../../plan/proof/judge-red.ts';
import type { ProofFile } from '../../plan/proof/proof-files.ts';
import { MOST_REPORT, readReport, tooLarge } from '../../plan/reports/read-report.ts';
import type { ReportFormat } from '../../plan/reports/report-format.ts';
import type { TestCase } from '../../plan/reports/test-report.ts';
import type { Files } from '../../system/ports.ts';
import type { CommandEnd } from '../gate/run-command.ts';

export interface AnswerOf {
  readonly name: string;
  readonly files: readonly ProofFile[];
  /** Where it ran; root of the names in `files`. */
  readonly checkout: string;
  /** From the checkout's root: where the runner was started. */
  readonly folder: string;
  readonly report: { readonly path: string; readonly format: ReportFormat };
  readonly end: CommandEnd;
}

/** What a runner has left: how it ended and its report, which may be anything. */
export async function readAnswer(files: Files, answer: AnswerOf): Promise<RunnerAnswer> {
  const { name, end, checkout, folder, report } = answer;
  const paths = answer.files.map(({ path }) => path);
  const read = await readReportFile(files, report.path, report.format, checkout);
  return {
    name,
    files: paths,
    declared: declaredTests(answer.files),
    passed: end.kind === 'passed',
    how: end.how,
    tail: end.tail,
    report: 'problem' in read ? read : read.tests.map((test) => placed(test, paths, folder)),
  };
}

/** Some runners name files from where they were started. */
function placed(test: TestCase, paths: readonly string[], folder: string): TestCase {
  if (test.file === null || paths.includes(test.file)) return test;
  const below = join(folder, test.file);
  return paths.includes(below) ? { ...test, file: below } : test;
}

async function readReportFile(files: Files, path: string, format: ReportFormat, checkout: string) {
  const facts = await files.facts(path);
  if (facts === null) return { problem: 'there is no report' };
  if (facts.kind !== 'file') return { problem: 'the report is no file' };
  if (facts.size > MOST_REPORT) return { problem: `the report cannot be read: ${tooLarge(facts.size)}` };
  const read = await readReport(await files.read(path), format, checkout);
  return 'problem' in read ? { problem: `the report cannot be read: ${read.problem}` } : read;
}
