import { join } from 'node:path';
import { NOT_STARTED, type RunnerAnswer } from '../../plan/proof/judge-red.ts';
import { ownCommand } from '../../plan/proof/own-command.ts';
import { shortened } from '../../plan/proof/proof.ts';
import type { ProofFile } from '../../plan/proof/proof-files.ts';
import type { ProofRun } from '../../plan/proof/proof-plan.ts';
import { runnerCommand } from '../../plan/proof/runner-command.ts';
import { scriptOptions } from '../../plan/proof/script-options.ts';
import type { ReportFormat } from '../../plan/reports/report-format.ts';
import type { System } from '../../system/ports.ts';
import { openReport, type ReportFile } from '../gate/report-file.ts';
import { type CommandEnd, commandInWords } from '../gate/run-command.ts';
import { readAnswer } from './read-answer.ts';

/** How a command is run within the gate, with its limits and its environment. */
export interface ProofCommandRun {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Names of variables beside the base ones; null: those that main's gate commands name. */
  readonly named: readonly string[] | null;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds; null: the gate's own. */
  readonly timeLimit: number | null;
}

export interface RunTestsInput {
  readonly run: ProofRun;
  /** Every test file of the branch; `run` names those that it takes. */
  readonly tests: readonly ProofFile[];
  /** Where old main or the merge result is. */
  readonly checkout: string;
  /** A folder outside every checkout with a name that nobody knows. */
  readonly reports: string;
  command(spec: ProofCommandRun): Promise<CommandEnd>;
}

/** One run of some of the branch's tests. Null: it was stopped. */
export async function runTests(system: System, input: RunTestsInput): Promise<RunnerAnswer | null> {
  const { run } = input;
  const started = await prepare(system, input);
  if ('missing' in started) return answerOfMissing(run, started.missing);
  const end = await input.command(started.spec);
  if (end.kind === 'interrupted') return null;
  const { name, folder, report } = started;
  const wanted = new Set(run.files);
  const files = input.tests.filter(({ path }) => wanted.has(path));
  const answer = await readAnswer({ name, files, folder, report, end });
  await report.clean();
  return answer;
}

interface Started {
  readonly name: string;
  readonly folder: string;
  readonly report: ReportFile;
  readonly spec: ProofCommandRun;
}

async function prepare(system: System, input: RunTestsInput): Promise<Started | { missing: string }> {
  const { run, checkout } = input;
  if (run.kind === 'own') {
    const { command } = run;
    const [report, path] = await openFile(system, input, command.report);
    const argv = ownCommand({ run: command.run, files: run.files, report: path });
    return {
      name: shortened(commandInWords(command.run), 60),
      folder: '',
      report,
      spec: {
        argv,
        cwd: checkout,
        named: command.env,
        env: {},
        timeLimit: command.timeLimit,
      },
    };
  }
  const { runner, from } = run;
  const program = runner === 'node' ? 'node' : await findProgram(system, checkout, from.folder, runner);
  if (program === null)
    return {
      missing: `${runner} is not installed in the gate's checkout: rota.yaml's \`setup\` has to do that`,
    };
  if (runner === 'node' && !(await canLoad(input, run.files, from.scripts)))
    return { missing: NO_TYPESCRIPT };
  const [report, path] = await openFile(system, input, FORMAT[runner]);
  const files = run.files.map((file) => join(checkout, file));
  const command = runnerCommand({ runner, from, program, files, report: path });
  return {
    name: runner === 'node' ? 'node --test' : runner,
    folder: from.folder,
    report,
    spec: {
      argv: command.argv,
      cwd: join(checkout, from.folder),
      named: null,
      env: command.env,
      timeLimit: null,
    },
  };
}

const FORMAT = { vitest: 'vitest', jest: 'jest', node: 'junit' } as const;

/** A place for a report, and its path: names of files go beside it into commands, and must not be searched for it. */
async function openFile(
  system: System,
  { checkout, reports }: RunTestsInput,
  format: ReportFormat,
): Promise<[ReportFile, string]> {
  const wish = { format, path: null };
  const report = await openReport(system, { wish, command: ['{report}'], checkout, reports });
  return [report, report.command[0] ?? ''];
}

/** Old versions of node run TypeScript only with a loader, which main's own script then names. */
async function canLoad(
  { checkout, command }: RunTestsInput,
  files: readonly string[],
  scripts: readonly string[],
): Promise<boolean> {
  if (!files.some((path) => /\.[cm]?tsx?$/.test(path))) return true;
  if (scriptOptions('node', scripts).some((option) => LOADS.test(option))) return true;
  const argv = ['node', '-e', 'process.exit(process.features.typescript ? 0 : 1)'];
  return (await command({ argv, cwd: checkout, named: [], env: {}, timeLimit: null })).kind !== 'failed';
}

const LOADS =
  /^(?:--import|--loader|--experimental-loader|--require|-r|--experimental-(?:strip|transform)-types)\b/;
const NO_TYPESCRIPT =
  "this version of node cannot run TypeScript by itself, and main's test script names no loader (node --import tsx --test): " +
  'rota.yaml can say how with `proof: {run: …}`';

/** As node looks for packages, but never above the checkout. */
async function findProgram(
  { files }: System,
  checkout: string,
  folder: string,
  name: string,
): Promise<string | null> {
  const parts = folder === '' ? [] : folder.split('/');
  for (let count = parts.length; count >= 0; count--) {
    const path = join(checkout, ...parts.slice(0, count), 'node_modules', '.bin', name);
    if ((await files.facts(path)) !== null) return path;
  }
  return null;
}

function answerOfMissing({ files, ...run }: ProofRun, problem: string): RunnerAnswer {
  const name = run.kind === 'native' ? run.runner : shortened(commandInWords(run.command.run), 60);
  return { name, files, declared: null, passed: false, how: NOT_STARTED, tail: '', report: { problem } };
}
