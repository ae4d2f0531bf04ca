import { plainText } from '../../task/text.ts';
import type { ShownRescueDocument } from '../documents/rescue-document.ts';
import type { Output } from '../output.ts';
import { formatSince } from './ago.ts';
import { formatBytes } from './bytes.ts';
import { formatTable } from './table.ts';

/** More files than this are counted; --json has them all. */
const MOST_FILES = 500;

/** The lines of `rota rescue show`. */
export function rescueDetails(rescue: ShownRescueDocument, output: Output, now: Date): string[] {
  const { colors } = output;
  const { against, files } = rescue;
  const ago = formatSince(rescue.time, now);
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    ['when', rescue.time === null ? null : `${time(rescue.time)}${ago === null ? '' : `, ${ago} ago`}`],
    ['branch', rescue.branch],
    ['worktree', rescue.worktree],
    ['run', rescue.run],
    ['commit', rescue.commit],
    ['staged', rescue.staged === null ? null : `${rescue.staged} (restore --staged)`],
    ['only here', commits(rescue.onlyHere)],
    [
      'against',
      against === null
        ? null
        : against.files === 0
          ? `${against.name}: no difference`
          : `${against.name}: ${count(against.files)} differ, +${against.insertions} -${against.deletions}`,
    ],
    ['problem', rescue.problem],
  ];
  const shown = facts.filter(([, value]) => value !== null);
  const width = Math.max(...shown.map(([name]) => name.length));
  return [
    `${colors.bold(plainText(rescue.name))}  ${count(files.length)}, ${formatBytes(rescue.bytes)}`,
    ...shown.map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${plainText(value ?? '')}`),
    ...(files.length === 0 ? [] : ['', ...fileTable(files.slice(0, MOST_FILES), output)]),
    ...(files.length > MOST_FILES ? [`and ${files.length - MOST_FILES} more (--json has them all)`] : []),
  ];
}

function fileTable(files: ShownRescueDocument['files'], output: Output): string[] {
  const { colors } = output;
  return formatTable(
    files,
    [
      {
        head: '',
        cell: ({ change }) => change,
        paint: (text, { change }) => (change === 'deleted' ? colors.red(text) : colors.green(text)),
      },
      { head: 'MODE', cell: ({ mode }) => MODES[mode] ?? '', paint: colors.dim },
      { head: 'SIZE', cell: ({ bytes }) => (bytes === null ? '' : formatBytes(bytes)), align: 'right' },
      { head: 'LINES', cell: linesOf, align: 'right' },
      { head: '', cell: ({ same }) => (same ? 'same there' : ''), paint: colors.dim },
      { head: 'FILE', cell: ({ path }) => plainText(path), grows: true },
    ],
    { width: output.terminal ? output.width : null, paintHead: colors.dim },
  );
}

const MODES: Readonly<Record<string, string>> = {
  '100755': 'executable',
  '120000': 'link',
  '160000': 'submodule',
};

function linesOf({ insertions, deletions }: ShownRescueDocument['files'][number]): string {
  return insertions === null ? 'binary' : `+${insertions} -${deletions ?? 0}`;
}

function time(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

function commits(count: number): string | null {
  return count === 0 ? null : count === 1 ? '1 commit' : `${count} commits`;
}
