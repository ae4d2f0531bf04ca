import { formatTokens, formatUsd } from '../../plan/usage.ts';
import type { UsageRow } from '../../plan/usage-table.ts';
import { plainText } from '../../task/text.ts';
import type { UsageDocument } from '../documents/usage-document.ts';
import type { Output } from '../output.ts';
import { formatTable } from './table.ts';

/** The table of `rota usage`, its total, and how the budgets stand. */
export function usageLines(usage: UsageDocument, output: Output): string[] {
  const { colors } = output;
  const { rows, total, by } = usage;
  const budgets = budgetLines(usage);
  const under =
    budgets.length === 0 ? [] : ['', colors.bold('Budgets'), ...budgets.map((line) => `  ${line}`)];
  if (rows.length === 0) return ['Nothing was counted: no agent that counts has worked here.', ...under];
  const shown = rows.length === 1 ? rows : [...rows, { key: 'total', ...total }];
  const table = formatTable(
    shown,
    [
      { head: by.toUpperCase(), cell: ({ key }) => plainText(key), paint: colors.bold },
      { head: 'RUNS', cell: ({ runs }) => String(runs), align: 'right' },
      { head: 'TURNS', cell: ({ turns }) => String(turns), align: 'right' },
      { head: 'TOKENS', cell: ({ tokens }) => formatTokens(tokens), align: 'right' },
      { head: 'READ', cell: ({ input }) => formatTokens(input), align: 'right', paint: colors.dim },
      { head: 'CACHED', cell: ({ cached }) => formatTokens(cached), align: 'right', paint: colors.dim },
      {
        head: 'WRITTEN',
        cell: ({ output: written }) => formatTokens(written),
        align: 'right',
        paint: colors.dim,
      },
      { head: 'COST', cell: costOf, align: 'right' },
    ],
    { width: output.terminal ? output.width : null, paintHead: colors.dim },
  );
  return [...table, ...withoutCost(total), ...under];
}

function costOf({ usd }: UsageRow): string {
  return usd === null ? '-' : formatUsd(usd);
}

/** A sum that lacks something must not look whole. */
function withoutCost({ usd, turns, turnsWithoutCost }: UsageDocument['total']): string[] {
  if (usd === null || turnsWithoutCost === 0) return [];
  return [`${turnsWithoutCost} of ${turns} turns did not say what they cost.`];
}

function budgetLines({ budgets }: UsageDocument): string[] {
  return budgets.map(({ role, per, tokens, usd, used, spent, frees }) => {
    const limits = [
      ...(tokens === null ? [] : [[formatTokens(tokens), 'tokens', formatTokens(used?.tokens ?? 0)]]),
      ...(usd === null ? [] : [[formatUsd(usd), '', used?.usd == null ? 'no cost' : formatUsd(used.usd)]]),
    ];
    const words = limits.map(([limit, what, now]) => {
      const most = [limit, what].filter((part) => part !== '').join(' ');
      return used === null ? `${most} a ${per}` : `${now} of ${most} today`;
    });
    const free = frees === null ? '' : `, more from ${frees.slice(0, 16).replace('T', ' ')} UTC on`;
    return `${role === null ? 'all roles' : plainText(role)}: ${words.join(', ')}${spent ? `: spent${free}` : ''}`;
  });
}
