import { plainLines, plainText } from '../../task/text.ts';
import type { TaskMore } from '../commands/show.ts';
import type { LockDocument } from '../documents/task-document.ts';
import type { TaskRow } from '../documents/task-rows.ts';
import type { Output } from '../output.ts';
import { formatSince } from './ago.ts';
import { problemLines } from './problem-lines.ts';
import { paintStatus } from './task-table.ts';

/** The lines of `rota show`. */
export function taskDetails(
  { document, shown }: TaskRow,
  more: TaskMore,
  output: Output,
  now: Date,
): string[] {
  const { colors } = output;
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    [
      'status',
      paintStatus(shown, shown, colors) +
        (shown === document.status ? '' : ` (${document.status} in its file)`),
    ],
    ['type', document.type],
    [
      'priority',
      [document.priority, more.order === null ? null : `order ${more.order}`].filter(Boolean).join(', '),
    ],
    ['role', document.role],
    ['epic', document.epic],
    ['depends', document.depends.join(', ')],
    ['touches', more.touches.join(', ')],
    ['repeat', more.repeat],
    ['not before', more.notBefore],
    ['lock', document.lock === null ? null : lockText(document.lock, now)],
    ['worktree', document.lock?.worktree ?? null],
    ['state', document.state],
    ['reason', document.reason],
    ['attempts', document.attempts === 0 ? null : String(document.attempts)],
    ['pull request', more.pr],
    ['file', document.file],
  ];
  const shownFacts = facts.filter(([, value]) => value !== null && value !== '');
  const width = Math.max(...shownFacts.map(([name]) => name.length));
  const notes = more.notes.flatMap(({ at, outcome, text }) => [
    '',
    colors.dim(`-- ${plainText(outcome)}, ${plainText(at)} --`),
    ...plainLines(text).trimEnd().split('\n'),
  ]);
  const body = plainLines(more.body).trim();
  return [
    `${colors.bold(plainText(document.id ?? ''))}  ${colors.bold(plainText(document.title ?? ''))}`,
    ...shownFacts.map(
      ([name, value], at) =>
        `${colors.dim(name.padEnd(width))}  ${at === 0 ? value : plainText(value ?? '')}`,
    ),
    ...problemLines(document.problems, colors),
    ...(notes.length === 0 ? [] : ['', colors.bold('Earlier attempts'), ...notes]),
    ...(body === '' ? [] : ['', ...body.split('\n')]),
  ];
}

/** A holder in words: `developer, pat@host, for 5 min (dead)`. */
function lockText(lock: LockDocument, now: Date): string {
  const since = formatSince(lock.since, now);
  const words = [lock.role, lock.by, since === null ? null : `for ${since}`].filter((word) => word !== null);
  const life =
    lock.run === null ? '' : lock.alive === null ? ' (on another machine)' : lock.alive ? '' : ' (dead)';
  return plainText(words.join(', ')) + life;
}
