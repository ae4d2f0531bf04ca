import { RotaError } from '../../errors.ts';
import { outcomeExit } from '../../plan/outcome.ts';
import { cloneForWorker } from '../../run/fleet/clone-for-worker.ts';
import { onlyHere } from '../../run/fleet/only-here.ts';
import { workInClone } from '../../run/fleet/work-in-clone.ts';
import { plainText } from '../../task/text.ts';
import type { Action, Options } from '../command-spec.ts';
import { textOption } from '../options.ts';
import { resultLines } from '../text/result-lines.ts';
import { withWriting } from '../with-writing.ts';

/** `rota worker --repo URL --role ROLE`: work on a machine that has nothing, and leave nothing there. */
export const worker: Action = async (cli, _args, options) => {
  const url = needed(options, 'repo', 'https://git.example.org/shop.git');
  const role = needed(options, 'role', 'developer');
  const most = readMost(options);
  const stop = cli.interruption();
  const folder = await cloneForWorker(cli.system, url);
  const { runs, kept, cacheDir } = await withWriting(
    cli,
    async (project) => ({
      runs: await workInClone(project, { role, agent: textOption(options, 'agent'), most, stop }),
      kept: await onlyHere(project),
      cacheDir: project.repository.cacheDir,
    }),
    folder,
  );
  if (kept.length === 0) {
    await cli.system.files.removeTree(folder);
    await cli.system.files.removeTree(cacheDir);
  }
  const clone = kept.length === 0 ? null : folder;
  if (cli.json) cli.output.document({ runs, clone, kept });
  else {
    for (const result of runs) for (const line of resultLines(result, cli.output)) cli.output.line(line);
    if (clone !== null)
      cli.output.note(
        `The clone ${clone} stays, for only it has:\n${kept.map((one) => `  ${plainText(one)}`).join('\n')}`,
      );
  }
  const last = runs.at(-1)?.outcome ?? 'idle';
  const worst = Math.max(0, ...runs.map(({ outcome }) => outcomeExit(outcome)));
  return last === 'interrupted' ? outcomeExit(last, String(stop.reason)) : worst;
};

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
