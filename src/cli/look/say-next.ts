import { NO_REST, type OwnRest } from '../../plan/own-rest.ts';
import { type Explanation, type Pick, pickTask } from '../../plan/pick.ts';
import { findRole } from '../../role/find-role.ts';
import { pickFactsOf } from '../../run/claim/pick-facts.ts';
import { plainText } from '../../task/text.ts';
import type { Options } from '../command-spec.ts';
import { flagOption } from '../options.ts';
import type { Output } from '../output.ts';
import { formatTable } from '../text/table.ts';
import type { Look } from './look.ts';

/** What the role would take now, and with --explain why. Throws RotaError for an unknown role. */
export function sayNext(
  output: Output,
  look: Look,
  { role: name, now }: { readonly role: string; readonly now: Date },
  options: Options,
): void {
  const role = findRole(name, look.snapshot);
  const rest = look.rests.get(role.name) ?? NO_REST;
  const pick = pickTask(pickFactsOf(look.snapshot, role, { ...look, rest }, now));
  if (output.json) {
    const explain = pick.explain.map(({ id, eligible, reason, advice }) => ({
      id,
      eligible,
      reason,
      advice,
    }));
    output.document({ role: role.name, task: pick.task?.id ?? null, explain });
    return;
  }
  sayTask(output, role.name, pick, rest);
  if (flagOption(options, 'explain')) explainAll(output, pick);
  else if (pick.task === null)
    output.note(`rota next ${role.name} --explain says why, for each of ${pick.explain.length} tasks.`);
}

function sayTask(
  { line, note, colors }: Output,
  role: string,
  { task, explain }: Pick,
  { pause, budget }: OwnRest,
): void {
  if (task === null) {
    const why = pause ?? budget;
    note(`Nothing for ${role} now${why === null ? '.' : `: ${plainText(why)}.`}`);
    return;
  }
  const reason = explain.find(({ key }) => key === task.key)?.reason ?? '';
  line(`${colors.bold(task.id)}  ${plainText(task.title)}  ${colors.dim(`(${plainText(reason)})`)}`);
}

function whyOf({ reason, advice }: Explanation): string {
  return advice === null ? reason : `${reason}; ${advice}`;
}

/** What can be taken first, then the rest, each in the backlog's order. */
function explainAll(output: Output, { explain }: Pick): void {
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
      { head: 'WHY', cell: (one) => plainText(whyOf(one)), grows: true },
    ],
    { width: null, paintHead: output.colors.dim },
  );
  output.line();
  output.line(lines.join('\n'));
}
