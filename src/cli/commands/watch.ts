import { judgeHolder } from '../../run/project/liveness.ts';
import type { Project } from '../../run/project/project.ts';
import { type WatchedRun, type Watcher, watchRuns } from '../../run/watch/watch-runs.ts';
import { taskKey } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';
import type { Action } from '../command-spec.ts';
import { liveBlock } from '../report/live-block.ts';
import { formatSince } from '../text/ago.ts';
import { watchLine, watchStatus } from '../text/watch-lines.ts';
import { unknownTask } from '../unknown-task.ts';
import { withProject } from '../with-project.ts';

const SILENT = () => undefined;
/** Of what happened before, so many lines are shown to people. */
const MOST_OLD = 12;

/** `rota watch [ID]`: follows the workers of this machine until they are done. Looks only. */
export const watch: Action = (cli, [id]) => {
  const key = id === undefined ? null : taskKey(id);
  return withProject(cli, SILENT, async (project) => {
    const watched = await watchRuns(project, key, watcherFor(cli));
    if (watched === 0) await sayWhoElse(cli, project, key, id ?? '');
    return 0;
  });
};

function watcherFor(cli: Cli): Watcher {
  if (cli.json) return jsonWatcher(cli);
  const { output, system } = cli;
  return output.terminal && system.environment.variables['TERM'] !== 'dumb'
    ? liveWatcher(cli)
    : plainWatcher(cli);
}

/** Every event as one line of JSON, from the run's beginning. */
function jsonWatcher({ output }: Cli): Watcher {
  return {
    onRun: (run) => output.row({ type: 'watch', ...aboutRun(run) }),
    onEvent: ({ facts: { run, role, task } }, { at, event }) =>
      output.row({ at: at.toISOString(), run, role, task, ...event }),
    onEnd: (run, how) =>
      output.row({ type: how, run: run.facts.run, task: run.facts.task, usage: run.view.usage }),
    onLook: () => undefined,
  };
}

function aboutRun({ facts }: WatchedRun) {
  const { run, role, task, branch, by, since, worktree, limits = null } = facts;
  return { run, role, task, branch, by, since, worktree, limits };
}

function plainWatcher({ output }: Cli): Watcher {
  const style = { colors: output.colors, width: null };
  return linesWatcher(output.line, (run, remembered) => watchLine(run, remembered, style));
}

function liveWatcher({ output, system }: Cli): Watcher {
  const { colors } = output;
  const width = () => Math.max(20, output.width - 1);
  const block = liveBlock(output.progress, () => output.width, colors.cyan);
  const lines = linesWatcher(block.print, (run, remembered) =>
    watchLine(run, remembered, { colors, width: width() }),
  );
  return {
    ...lines,
    onEnd: (run, how) => {
      block.end();
      lines.onEnd(run, how);
    },
    onLook: (runs) => {
      lines.onLook(runs);
      block.show(watchStatus(runs, system.clock.now(), width()));
    },
  };
}

type Line = (...event: Parameters<Watcher['onEvent']>) => string | null;

/** The last of what happened before, then every line as it comes. */
function linesWatcher(print: (line: string) => void, line: Line): Watcher {
  let old: string[] = [];
  const printOld = () => {
    for (const text of old) print(text);
    old = [];
  };
  return {
    onRun: printOld,
    onEvent: (run, remembered, isOld) => {
      const text = line(run, remembered, isOld);
      if (text === null) return;
      if (isOld) {
        old.push(text);
        if (old.length > MOST_OLD) old.shift();
      } else {
        printOld();
        print(text);
      }
    },
    onEnd: ({ facts, view }, how) => {
      printOld();
      const who = `${plainText(facts.role)} ${plainText(facts.task)}`;
      if (how === 'died') print(`${who}: its worker is gone without a word; rota sweep frees the task.`);
      else if (view.outcome === null)
        print(`${who}: over${facts.outcome === null ? '' : `, ${facts.outcome}`}.`);
    },
    onLook: printOld,
  };
}

/** Nobody works here: perhaps somewhere else. */
async function sayWhoElse(cli: Cli, project: Project, key: TaskKey | null, id: string): Promise<void> {
  const view = await project.refs.last();
  const records = await project.records.readAll(view);
  const now = cli.system.clock.now();
  const elsewhere = [];
  for (const [task, { record }] of records) {
    const lock = record?.lock ?? null;
    if (lock === null || record?.state === 'reserved' || (key !== null && task !== key)) continue;
    const { verdict, reason } = await judgeHolder(project, lock, null);
    const { role, by, host, since, branch, run } = lock;
    elsewhere.push({ task: record?.task ?? task, role, by, host, since, branch, run, verdict, reason });
  }
  if (key !== null && elsewhere.length === 0 && !view.tasks.has(key)) {
    const { findTask } = await import('../../run/backlog/find-task.ts');
    if ((await findTask(project, view.main, key)) === null) throw await unknownTask(project, view.main, id);
  }
  if (cli.json) return cli.output.row({ type: 'none', elsewhere });
  const what =
    key === null ? 'No worker runs on this machine.' : `No worker of ${plainText(id)} runs on this machine.`;
  cli.output.line(what);
  for (const one of elsewhere) {
    const since = formatSince(one.since, now);
    const ago = since === null ? '' : `, for ${since}`;
    const where = `${plainText(one.task)}: ${plainText(one.role)} (${plainText(one.by)}) on ${plainText(one.host)}${ago}`;
    const rest =
      one.verdict === 'dead'
        ? `${plainText(one.reason)}; rota sweep frees the task`
        : 'what it does can be watched there';
    cli.output.line(`${where}: ${rest}.`);
  }
}
