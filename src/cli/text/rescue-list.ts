import { plainText } from '../../task/text.ts';
import type { RescueListDocument } from '../documents/rescue-document.ts';
import type { Output } from '../output.ts';
import { formatSince } from './ago.ts';
import { formatBytes } from './bytes.ts';
import { formatTable } from './table.ts';

/** The lines of `rota rescue list`: rescues, then what moves of main and removals hold, each with where it is. */
export function rescueList(
  { rescues, held, folders }: RescueListDocument,
  output: Output,
  now: Date,
): string[] {
  const { colors } = output;
  const changed = held.filter((file) => file.changed);
  const old = held.filter((file) => !file.changed);
  const sections = [
    ...(rescues.length === 0 ? [] : rescueTable(rescues, output, now)),
    ...section(
      colors.bold('Saved into a file while main moved it (compare, then remove)'),
      changed.map(
        ({ path, kept, bytes }) =>
          `${colors.yellow(plainText(path ?? 'a file of an unknown move'))} ${formatBytes(bytes)}\n    ${plainText(kept)}`,
      ),
    ),
    ...section(
      colors.bold('Old versions, held for a day in case a program still writes into them'),
      [...new Set(old.map(folderOf))].map((folder) => {
        const files = old.filter((file) => folderOf(file) === folder).length;
        return `${files === 1 ? '1 file' : `${files} files`} in ${plainText(folder)} (--json names each)`;
      }),
    ),
    ...section(
      colors.bold('Folders of worktrees'),
      folders.map(({ path, reason }) => `${plainText(path)}\n    ${colors.dim(reason)}`),
    ),
  ];
  if (sections.length === 0) return ['Nothing is kept: nothing had to be rescued.'];
  return rescues.length === 0
    ? sections.slice(sections[0] === '' ? 1 : 0)
    : [
        ...sections,
        '',
        colors.dim('rota rescue show NAME: what is in it; rota rescue restore NAME brings it back'),
      ];
}

function rescueTable(rescues: RescueListDocument['rescues'], output: Output, now: Date): string[] {
  const { colors } = output;
  return formatTable(
    rescues,
    [
      { head: 'NAME', cell: ({ name }) => plainText(name), paint: colors.bold },
      { head: 'AGE', cell: ({ time }) => formatSince(time, now) ?? '', align: 'right' },
      {
        head: 'FILES',
        cell: ({ files, problem }) => (problem === null ? String(files) : '?'),
        align: 'right',
      },
      { head: 'SIZE', cell: ({ bytes }) => formatBytes(bytes), align: 'right' },
      {
        head: 'FROM',
        cell: (row) => plainText(row.problem ?? row.branch ?? row.worktree ?? WHAT[row.kind]),
        paint: (text, { problem }) => (problem === null ? colors.dim(text) : colors.red(text)),
        grows: true,
      },
    ],
    { width: output.terminal ? output.width : null, paintHead: colors.dim },
  );
}

const WHAT = { files: 'a worktree', commits: 'commits that no branch had' } as const;

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

/** The folder with everything that a checkout's moves hold. */
function folderOf({ kept, move }: RescueListDocument['held'][number]): string {
  return kept.slice(0, kept.lastIndexOf(`/${move}/`));
}
