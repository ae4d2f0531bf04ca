import type { LogSummary, SummaryLine } from '../../plan/log-summary.ts';
import { formatTokens, formatUsd } from '../../plan/usage.ts';
import type { UsageEntry } from '../../plan/usage-entry.ts';
import { totalOf } from '../../plan/usage-table.ts';
import { plainText } from '../../task/text.ts';
import type { Output } from '../output.ts';
import { cutToWidth } from './display-width.ts';

/** The morning's summary: what landed, what waits for a person, what did not land and why, and what it cost. */
export function logSummaryLines(
  { landed, forPeople, notLanded }: LogSummary,
  spent: readonly UsageEntry[],
  titleOf: (task: string) => string,
  { colors, terminal, width }: Output,
): string[] {
  const cut = (text: string) => (terminal ? cutToWidth(text, Math.max(20, width)) : text);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : [colors.bold(`${title} (${lines.length})`), ...lines.map((line) => cut(`  ${line}`))];
  const words = ({ task, what, detail }: SummaryLine) =>
    plainText([`${task}  ${what}`, detail].filter((part) => part !== '').join(': '));
  const tried = notLanded.map((one) => (one.tries > 1 ? `${words(one)} (${one.tries} tries)` : words(one)));
  const done = landed.map(({ task, what }) => plainText(`${task}  ${`${titleOf(task)} (${what})`.trim()}`));
  const parts = [
    section('Landed', done.map(colors.green)),
    section('For you', forPeople.map(words).map(colors.yellow)),
    section('Not landed', tried.map(colors.red)),
    spentLine(spent),
  ].filter((part) => part.length > 0);
  if (parts.length === 0) return ['Nothing happened, and nothing waits for you.'];
  return parts.flatMap((part, at) => (at === 0 ? part : ['', ...part]));
}

function spentLine(spent: readonly UsageEntry[]): string[] {
  if (spent.length === 0) return [];
  const { tokens, usd, runs } = totalOf('', spent);
  const cost = usd === null ? '' : `, ${formatUsd(usd)}`;
  return [
    `Spent on this machine: ${formatTokens(tokens)} tokens${cost}, in ${runs} ${runs === 1 ? 'run' : 'runs'}`,
  ];
}
