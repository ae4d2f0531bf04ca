import { prepareInit } from '../../run/init/prepare-init.ts';
import { commitFiles, excludeWorktrees, installMergeDriver, writeInit } from '../../run/init/write-init.ts';
import { openRepository } from '../../store/repository.ts';
import { plainText } from '../../task/text.ts';
import type { Ask } from '../ask.ts';
import type { Cli } from '../cli.ts';
import type { Action, Options } from '../command-spec.ts';
import { chooseProject } from '../init-choices.ts';
import { flagOption } from '../options.ts';
import { type InitDocument, initLines } from '../text/init-lines.ts';

const WORKTREES = '.worktrees';
const MESSAGE = 'chore: set up rota';

/** `rota init`: writes what is not there yet, and commits exactly that if it may. */
export const init: Action = async (cli, _args, options) => {
  const repository = await openRepository(cli.system, cli.folder);
  const start = await prepareInit(cli.system, repository);
  const ask = await asker(cli, options);
  const choices = await chooseProject(start, options, ask);
  const { written, kept } = await writeInit(cli.system, start, choices);
  await excludeWorktrees(cli.system, repository, WORKTREES);
  const mergeDriver = flagOption(options, 'mergeDriver') || (ask !== null && (await ask.yes(DRIVER, false)));
  if (mergeDriver) await installMergeDriver(cli.system, repository);
  const committed = written.length > 0 && (await mayCommit(cli, options, ask, written));
  if (committed) await commitFiles(cli.system, start, written, MESSAGE);
  const document: InitDocument = {
    branch: start.branch,
    current: start.current,
    remote: start.remote,
    gate: choices.gate,
    setup: choices.setup,
    copy: choices.copy,
    agent: choices.agent?.name ?? null,
    notes: start.detected.notes,
    written,
    kept,
    committed,
    mergeDriver,
  };
  if (cli.json) cli.output.document(document);
  else for (const line of initLines(document, cli.output)) cli.output.line(line);
  return 0;
};

const DRIVER = 'Let git merge task files key by key in this repository (merge.rota.driver)?';

async function asker(cli: Cli, options: Options): Promise<Ask | null> {
  if (!cli.interactive || flagOption(options, 'yes')) return null;
  return (await import('../ask.ts')).makeAsk();
}

/** Without a terminal only with --commit: a commit in somebody's repository is theirs to decide. */
async function mayCommit(
  cli: Cli,
  options: Options,
  ask: Ask | null,
  written: readonly string[],
): Promise<boolean> {
  if (flagOption(options, 'commit')) return true;
  if (ask === null) return false;
  for (const path of written) cli.output.note(`  ${plainText(path)}`);
  return ask.yes(`Commit exactly these ${written.length} files?`, true);
}
