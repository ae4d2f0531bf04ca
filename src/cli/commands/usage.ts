import { USAGE_GROUPS } from '../../plan/usage-table.ts';
import { readUsage } from '../../run/usage/ledger.ts';
import type { Action } from '../command-spec.ts';
import { usageDocument } from '../documents/usage-document.ts';
import { choiceOption } from '../options.ts';
import { sinceOption } from '../since-option.ts';
import { usageLines } from '../text/usage-lines.ts';
import { withSnapshot } from '../with-project.ts';

/** `rota usage`: what agents used on this machine, and what is left of the budgets. */
export const usage: Action = (cli, _args, options) => {
  const now = cli.system.clock.now();
  const by = choiceOption(options, 'by', USAGE_GROUPS) ?? 'role';
  const since = sinceOption(options, now, 'rota usage');
  return withSnapshot(cli, options, async (project, snapshot) => {
    const document = usageDocument(await readUsage(project, null), snapshot, { by, since, now });
    if (cli.json) cli.output.document(document);
    else for (const line of usageLines(document, cli.output)) cli.output.line(line);
    return 0;
  });
};
