import { RotaError } from '../../errors.ts';
import { outcomeExit } from '../../plan/outcome.ts';
import { runRequest } from '../../run/propose/run-request.ts';
import type { Action } from '../command-spec.ts';
import { textOption } from '../options.ts';
import { resultLines } from '../text/result-lines.ts';
import { withWriting } from '../with-writing.ts';

/** `rota run ROLE --pr N`: one attempt of one worker at a pull request that is there already. */
export const runOnRequest: Action = async (cli, [role = '', id], options) => {
  const request = textOption(options, 'pr')?.trim() ?? '';
  if (id !== undefined || request === '')
    throw new RotaError(
      'usage',
      request === '' ? '--pr needs a number or an address.' : 'A task and --pr cannot be named together.',
      `rota run ${role} --pr 12`,
    );
  const stop = cli.interruption();
  const result = await withWriting(cli, (project) => runRequest(project, { role, request, stop }));
  if (cli.json) cli.output.document(result);
  else for (const line of resultLines(result, cli.output)) cli.output.line(line);
  return outcomeExit(result.outcome, stop.aborted ? String(stop.reason) : null);
};
