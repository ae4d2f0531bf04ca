import { type Pick, pickTask } from '../../plan/pick.ts';
import { findRole } from '../../role/find-role.ts';
import { readPickFacts } from '../../run/pick-facts.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';
import type { Action } from '../command-spec.ts';
import { flagOption } from '../options.ts';
import { formatTable } from '../text/table.ts';
import { withLook } from '../with-look.ts';

/** `rota next ROLE`: what the role would take now, and with --explain why. Takes nothing. */
export const next: Action = (cli, [name = ''], options) =>
  withLook(cli, options, async (project, snapshot) => {
    const role = findRole(name, snapshot);
    const pick = pickTask(await readPickFacts(project, snapshot, role));
    if (cli.json) {
      const explain = pick.explain.map(({ id, eligible, reason }) => ({ id, eligible, reason }));
      cli.output.document({ role: role.name, task: pick.task?.id ?? null, explain });
      return 0;
    }
    sayNext(cli, role.name, pick);
    if (flagOption(options, 'explain')) explainAll(cli, pick);
    else if (pick.task === null)
      cli.output.note(`rota next ${role.name} --explain says why, for each of ${pick.explain.length} tasks.`);
    return 0;
  });

function sayNext(cli: Cli, role: string, { task, explain }: Pick): void {
  const { line, note, colors } = cli.output;
  if (task === null) {
    note(`Nothing for ${role} now.`);
    return;
  }
  const reason = explain.find(({ key }) => key === task.key)?.reason ?? '';
  line(`${colors.bold(task.id)}  ${plainText(task.title)}  ${colors.dim(`(${plainText(reason)})`)}`);
}

/** What can be taken first, then the rest, each in the backlog's order. */
function explainAll(cli: Cli, { explain }: Pick): void {
  const { output } = cli;
  const rows = [
    ...explain.filter(({ eligible }) => eligible),
    ...explain.filter(({ eligible }) => !eligible),
  ];
  const lines = formatTable(
    rows,
    [
      { head: 'ID', cell: ({ id }) => plainText(id), paint: output.colors.bold },
      {
        head: '',
        cell: ({ eligible }) => (eligible ? 'yes' : 'no'),
        paint: (text, { eligible }) => (eligible ? output.colors.green(text) : output.colors.dim(text)),
      },
      { head: 'WHY', cell: ({ reason }) => plainText(reason), grows: true },
    ],
    { width: null, paintHead: output.colors.dim },
  );
  output.line();
  output.line(lines.join('\n'));
}
