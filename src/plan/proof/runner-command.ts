import type { NativeRunner, PackageFacts } from '../../role/package-facts.ts';
import { needsVmModules, scriptOptions } from './script-options.ts';

interface RunnerCommandInput {
  readonly runner: NativeRunner;
  /** Whose scripts call it. */
  readonly from: PackageFacts;
  /** The runner's program in the checkout; for node: `node`. */
  readonly program: string;
  /** Absolute paths of test files. */
  readonly files: readonly string[];
  /** Where the report goes, outside the checkout. */
  readonly report: string;
}

interface RunnerCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How one of the runners that rota knows is called for these files and nothing else. */
export function runnerCommand(input: RunnerCommandInput): RunnerCommand {
  const { runner, from, program, files, report } = input;
  const options = scriptOptions(runner, from.scripts);
  const plain = { NO_COLOR: '1', FORCE_COLOR: '0' };
  switch (runner) {
    case 'vitest':
      return {
        argv: [
          ...[program, 'run', ...options],
          ...[
            '--reporter=json',
            `--outputFile=${report}`,
            '--coverage.enabled=false',
            '--passWithNoTests=false',
          ],
          ...files,
        ],
        env: plain,
      };
    case 'jest':
      return {
        argv: [
          ...[program, ...options],
          // `--ci`: a snapshot that is not there is not written and then called equal.
          ...['--ci', '--json', `--outputFile=${report}`, '--coverage=false', '--watchAll=false'],
          ...['--runTestsByPath', ...files],
        ],
        env: needsVmModules(from.scripts) ? { ...plain, NODE_OPTIONS: '--experimental-vm-modules' } : plain,
      };
    case 'node':
      return {
        argv: [
          ...[program, ...options, '--test'],
          ...['--test-reporter=junit', `--test-reporter-destination=${report}`],
          ...files,
        ],
        env: plain,
      };
    default:
      return runner satisfies never;
  }
}
