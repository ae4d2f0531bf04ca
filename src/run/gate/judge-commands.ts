import type { GateCommand } from '../../config.ts';
import { gateEnvironment } from '../../isolate/gate-environment.ts';
import { contentOf } from '../../store/content-of.ts';
import { plainText } from '../../task/text.ts';
import type { CheckBook } from './check-book.ts';
import type { GateBox } from './gate-box.ts';
import type { GateFolder } from './gate-folder.ts';
import type { GateScope } from './gate-scope.ts';
import { findingsCheck, listed } from './judge-findings.ts';
import { judgeLostTests } from './judge-lost-tests.ts';
import { type KnownTestsStore, knownTestsStore } from './known-tests-store.ts';
import { maskOfGate } from './mask-of-gate.ts';
import { runCommands } from './run-commands.ts';
import type { GateInput, Verdict } from './run-gate.ts';
import { type CommandPlace, type JudgedRun, runReporting } from './run-reporting.ts';

interface CommandStage {
  /** Ready: the candidate is in it. */
  readonly folder: GateFolder;
  readonly box: GateBox;
  readonly scope: GateScope;
  readonly book: CheckBook;
  /** Puts a commit into the empty folder, with what setup makes of it; a verdict says why that cannot be. */
  provision(commit: string, into: Pick<CheckBook, 'add'>, label: string): Promise<Verdict | null>;
}

const INTERRUPTED: Verdict = { verdict: 'interrupted', failure: null };

/** The gate's commands on the candidate, then whether main's tests are still there. Null: all of it is green. */
export async function judgeCommands(input: GateInput, stage: CommandStage): Promise<Verdict | null> {
  const { system, run, runFolder, stop, turn, emit } = input;
  const { folder, box, scope, book } = stage;
  folder.tidy();
  const place: CommandPlace = {
    ...{ folder: folder.path, run, runFolder, stop },
    mask: maskOfGate(input),
    reports: box.reports,
    wrap: box.command,
    environment: (named) => gateEnvironment(system.environment.variables, named, run),
  };
  const onMain = input.base === null;
  const commands = { commands: scope.wanted, turn, onMain, onCheck: book.add, emit };
  const end = await runCommands(system, { ...place, ...commands });
  if (end.interrupted) return INTERRUPTED;
  if (end.failure !== null) return { verdict: 'red', failure: end.failure };
  return judgeTests(input, stage, place, end.reports);
}

async function judgeTests(
  input: GateInput,
  stage: CommandStage,
  place: CommandPlace,
  reports: Awaited<ReturnType<typeof runCommands>>['reports'],
): Promise<Verdict | null> {
  const { base, repository, system } = input;
  const reporting = [...reports.keys(), ...stage.scope.skipped].some(({ report }) => report !== null);
  if (base === null || !reporting) return null;
  const git = { kind: 'repository', gitDir: repository.gitDir } as const;
  const end = await judgeLostTests({
    store: forgetful(input),
    content: {
      base: await contentOf(system.git, git, base),
      candidate: await contentOf(system.git, git, input.commit),
    },
    reports,
    skipped: stage.scope.skipped,
    changes: input.changes ?? [],
    runOnBase: (commands) => runOnBase(input, stage, place, base, commands),
  });
  if (end.interrupted) return INTERRUPTED;
  for (const why of end.unknown) {
    const message = plainText(`which tests main has is not known: ${why}`);
    stage.book.note(message);
    input.emit({ type: 'notice', level: 'warning', message });
  }
  const open = input.openTests(end.findings);
  for (const { message } of end.findings)
    if (!open.some((one) => one.message === message)) stage.book.note(message);
  if (open.length === 0) return null;
  const lines = open.map(({ message }) => plainText(message));
  stage.book.add(findingsCheck('tests', lines));
  return { verdict: 'held', failure: listed('tests of main that are missing', lines), findings: open };
}

/** What cannot be remembered costs one more run on main, and no landing. */
function forgetful({ system, repository, emit }: GateInput): KnownTestsStore {
  const store = knownTestsStore(system, repository);
  return {
    ...store,
    write: async (...known) => {
      try {
        await store.write(...known);
      } catch (error) {
        const message = `which tests there are could not be noted: ${(error as Error).message}`;
        emit({ type: 'notice', level: 'warning', message });
      }
    },
  };
}

/** Each command once, on main as it is. */
async function runOnBase(
  input: GateInput,
  { folder, provision, scope }: CommandStage,
  place: CommandPlace,
  base: string,
  commands: readonly GateCommand[],
): Promise<ReadonlyMap<GateCommand, JudgedRun> | string | null> {
  await folder.clear();
  const message = `which tests ${input.config.branch} has is not known yet: they run there once`;
  input.emit({ type: 'notice', level: 'info', message });
  // What main's setup says is no check of the candidate.
  const failed = await provision(base, { add: () => undefined }, 'main-');
  if (failed !== null) return failed.verdict === 'interrupted' ? null : 'its setup fails';
  folder.tidy();
  const ran = new Map<GateCommand, JudgedRun>();
  for (const command of commands) {
    const index = scope.wanted.find(({ entry }) => entry === command)?.index ?? 0;
    const judged = await runReporting(input.system, command, place, `gate-${input.turn}-main-${index + 1}`);
    if (judged.end.kind === 'interrupted') return null;
    ran.set(command, judged);
  }
  return ran;
}
