import { RotaError } from '../../errors.ts';
import { outcomeExit } from '../../plan/outcome.ts';
import { SWEEPER } from '../../role/agent-of.ts';
import { clearDeadClones, type DeadClone } from '../../run/fleet/clear-dead-clones.ts';
import { cloneForWorker, removeClone } from '../../run/fleet/clone-for-worker.ts';
import { onlyHere } from '../../run/fleet/only-here.ts';
import { sweepForFleet } from '../../run/fleet/sweep-for-fleet.ts';
import { workInClone } from '../../run/fleet/work-in-clone.ts';
import type { Project } from '../../run/project/project.ts';
import type { SweepReport } from '../../run/sweep/sweep-report.ts';
import type { RunResult } from '../../run/work/run-result.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';
import type { Action, Options } from '../command-spec.ts';
import { textOption } from '../options.ts';
import { makeReporter } from '../report.ts';
import { resultLines } from '../text/result-lines.ts';
import { sweepLines } from '../text/sweep-lines.ts';
import { withWriting } from '../with-writing.ts';

/** `rota worker --repo URL --role ROLE`: work on a machine that has nothing, and leave nothing there. */
export const worker: Action = async (cli, _args, options) => {
  const url = needed(options, 'repo', 'https://git.example.org/shop.git');
  const role = needed(options, 'role', 'developer');
  const most = readMost(options);
  const stop = cli.interruption();
  const left = await clearDead(cli);
  const folder = await cloneForWorker(cli.system, url, cli.folder);
  const agent = textOption(options, 'agent');
  const { done, kept } = await inClone(
    cli,
    folder,
    async (project): Promise<Done> =>
      role === SWEEPER
        ? { runs: [], swept: await sweepForFleet(project, stop) }
        : { runs: await workInClone(project, { role, agent, most, stop }), swept: null },
  );
  const { runs } = done;
  const clone = kept.length === 0 ? null : folder;
  if (cli.json) cli.output.document({ ...done, clone, kept, left });
  else tell(cli, done, clone === null ? left : [...left, { clone, kept }]);
  if (stop.aborted) return outcomeExit('interrupted', String(stop.reason));
  return Math.max(0, ...runs.map(({ outcome }) => outcomeExit(outcome)));
};

interface Done {
  readonly runs: readonly RunResult[];
  /** What the role sweeper did. */
  readonly swept: SweepReport | null;
}

async function clearDead(cli: Cli): Promise<DeadClone[]> {
  const reporter = makeReporter(cli);
  try {
    return await clearDeadClones(cli.system, reporter.emit);
  } finally {
    reporter.end();
  }
}

/** Works in the clone and removes it, whatever comes, unless it has something that nobody else has. */
async function inClone(
  cli: Cli,
  folder: string,
  work: (project: Project) => Promise<Done>,
): Promise<{ done: Done; kept: readonly string[] }> {
  const opened: { kept: readonly string[]; cacheDir: string | null } = { kept: [], cacheDir: null };
  try {
    const done = await withWriting(
      cli,
      async (project) => {
        opened.cacheDir = project.repository.cacheDir;
        // Until it was looked at, nobody knows; the next worker here looks again.
        opened.kept = ['what could not be looked at'];
        try {
          return await work(project);
        } finally {
          opened.kept = await onlyHere(project);
        }
      },
      folder,
    );
    return { done, kept: opened.kept };
  } finally {
    if (opened.kept.length === 0) {
      await removeClone(cli.system, folder);
      if (opened.cacheDir !== null) await cli.system.files.removeTree(opened.cacheDir);
    }
  }
}

function tell({ output }: Cli, { runs, swept }: Done, clones: readonly DeadClone[]): void {
  for (const result of runs) for (const line of resultLines(result, output)) output.line(line);
  if (swept !== null) for (const line of sweepLines(swept, false, output)) output.line(line);
  for (const { clone, kept } of clones)
    output.note(
      `The clone ${clone} stays, for only it has:\n${kept.map((one) => `  ${plainText(one)}`).join('\n')}`,
    );
}

function needed(options: Options, name: string, example: string): string {
  const text = textOption(options, name);
  if (text !== null && text.trim() !== '') return text;
  throw new RotaError('usage', `--${name} is missing.`, `For example: --${name} ${example}`);
}

function readMost(options: Options): number {
  const text = textOption(options, 'max');
  if (text === null) return Number.MAX_SAFE_INTEGER;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new RotaError('usage', `--max ${plainText(text)} is not a count.`, 'For example: --max 5');
}
