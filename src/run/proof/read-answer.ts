import { join } from 'node:path';
import { declaredTests } from '../../plan/proof/declared-tests.ts';
import type { RunnerAnswer } from '../../plan/proof/judge-red.ts';
import type { ProofFile } from '../../plan/proof/proof-files.ts';
import type { TestCase } from '../../plan/reports/test-report.ts';
import type { ReportFile } from '../gate/report-file.ts';
import type { CommandEnd } from '../gate/run-command.ts';

export interface AnswerOf {
  readonly name: string;
  readonly files: readonly ProofFile[];
  /** From the checkout's root: where the runner was started. */
  readonly folder: string;
  readonly report: ReportFile;
  readonly end: CommandEnd;
}

/** What a runner has left: how it ended and its report, which may be anything. */
export async function readAnswer({ name, files, folder, report, end }: AnswerOf): Promise<RunnerAnswer> {
  const paths = files.map(({ path }) => path);
  const read = (await report.read()).report;
  return {
    name,
    files: paths,
    declared: declaredTests(files),
    passed: end.kind === 'passed',
    how: end.how,
    tail: end.tail,
    report:
      'problem' in read
        ? { problem: withoutPlace(read.problem) }
        : read.tests.map((test) => placed(test, paths, folder)),
  };
}

/** Some runners name files from where they were started. */
function placed(test: TestCase, paths: readonly string[], folder: string): TestCase {
  if (test.file === null || paths.includes(test.file)) return test;
  const below = join(folder, test.file);
  return paths.includes(below) ? { ...test, file: below } : test;
}

/** Where rota looked is no news for a runner that rota itself told where to write. */
function withoutPlace(problem: string): string {
  return problem.replace(/; its report was looked for .*$/s, '');
}
