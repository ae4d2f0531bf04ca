import { RotaError } from '../../errors.ts';
import { USAGE_GROUPS } from '../../plan/usage-table.ts';
import { readUsage } from '../../run/usage/ledger.ts';
import { parseDuration } from '../../task/duration.ts';
import type { Action, Options } from '../command-spec.ts';
import { usageDocument } from '../documents/usage-document.ts';
import { choiceOption, textOption } from '../options.ts';
import { usageLines } from '../text/usage-lines.ts';
import { withSnapshot } from '../with-project.ts';

/** `rota usage`: what agents used on this machine, and what is left of the budgets. */
export const usage: Action = (cli, _args, options) => {
  const now = cli.system.clock.now();
  const by = choiceOption(options, 'by', USAGE_GROUPS) ?? 'role';
  const since = readSince(options, now);
  return withSnapshot(cli, options, async (project, snapshot) => {
    const document = usageDocument(await readUsage(project, null), snapshot, { by, since, now });
    if (cli.json) cli.output.document(document);
    else for (const line of usageLines(document, cli.output)) cli.output.line(line);
    return 0;
  });
};

/** A day of UTC, or so long ago. */
function readSince(options: Options, now: Date): Date | null {
  const text = textOption(options, 'since');
  if (text === null) return null;
  const ago = parseDuration(text);
  if (ago !== null) return new Date(now.getTime() - ago);
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  // 2026-02-30 is read as the 2nd of March.
  if (day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)) return day;
  throw new RotaError(
    'usage',
    `--since ${text} is neither a day nor a duration.`,
    'For example: rota usage --since 7d, or rota usage --since 2026-11-01',
  );
}
