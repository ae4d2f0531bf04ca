import type { UnhandedTask } from '../../run/backlog/unhanded-tasks.ts';
import { plainText } from '../../task/text.ts';
import type { ProposedDocument, StatusDocument, StoppedDocument } from '../documents/status-document.ts';
import type { Output } from '../output.ts';
import { formatSince } from './ago.ts';
import { cutToWidth } from './display-width.ts';
import { problemLines } from './problem-lines.ts';

/** The lines of `rota status`: a headline, then only the sections that have something in them. */
export function statusLines(status: StatusDocument, output: Output, now: Date): string[] {
  const { colors } = output;
  const cut = (text: string) => (output.terminal ? cutToWidth(text, Math.max(20, output.width - 4)) : text);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', colors.bold(title), ...lines.map((line) => `  ${line}`)];
  const workers = status.workers.map((worker) => {
    const who = [worker.role ?? worker.by ?? 'somebody', worker.role === null ? null : worker.by]
      .filter(Boolean)
      .join(', ');
    const since = formatSince(worker.since, now);
    const life =
      worker.alive === false
        ? ' (dead: rota sweep frees it)'
        : worker.run !== null && worker.alive === null
          ? ' (elsewhere)'
          : '';
    const words = `${worker.task}  ${who}${since === null ? '' : `, for ${since}`}${life}: ${worker.title}`;
    const text = cut(plainText(words));
    return worker.alive === false ? colors.red(text) : colors.cyan(text);
  });
  const stopped = (entries: readonly StoppedDocument[]) =>
    entries.map(({ task, title, reason }) => plainText(`${task}  ${reason ?? title}`));
  const proposed = (entries: readonly ProposedDocument[]) =>
    entries.map(({ task, title, reason, pr }) =>
      plainText([`${task}  ${pr ?? title}`, ...(reason === null ? [] : [reason])].join(': ')),
    );
  return [
    headline(status, output),
    countLine(status, output),
    ...pauseLines(status, output),
    ...section('Paused themselves on this machine', selfPauseLines(status, output)),
    ...section('Working', workers),
    ...section('Waiting to land', stopped(status.waiting)),
    ...section('Proposed, for people to review and merge', proposed(status.proposed)),
    ...section('Given back by reviewers, the next run goes on', proposed(status.returned)),
    ...section(
      'Held for your word (rota land ID --accept "reason")',
      stopped(status.held).map((line) => colors.yellow(line)),
    ),
    ...section(
      'Blocked (edit the task to try again)',
      stopped(status.blocked).map((line) => colors.red(line)),
    ),
    ...section('Not committed, so no worker sees it', unhanded(status.uncommitted, output)),
    ...section(`Committed, but not on ${where(status)}`, unhanded(status.unpushed, output)),
    ...section('Locks left in task files (rota sweep takes them out)', status.leftover.map(plainText)),
    ...section('Worktrees that nobody works in', idle(status)),
    ...section('This repository', status.limits),
    ...section('Problems', problemLines(status.problems, colors)),
  ];
}

function headline({ branch, remote, head }: StatusDocument, { colors }: Output): string {
  const name = remote === null ? branch : `${remote}/${branch}`;
  return `${colors.bold(plainText(name))} at ${head.slice(0, 10)}`;
}

function countLine({ tasks }: StatusDocument, { colors }: Output): string {
  const counts = Object.entries(tasks).filter(([, count]) => count > 0);
  if (counts.length === 0) return colors.dim('No tasks yet: rota add "What should be done"');
  return counts.map(([status, count]) => `${count} ${status}`).join(', ');
}

function pauseLines({ paused }: StatusDocument, { colors }: Output): string[] {
  if (paused === null) return [];
  const what = paused.all ? 'Everything is paused' : `Paused: ${paused.roles.map(plainText).join(', ')}`;
  return [colors.yellow(`${what} (rota resume)`)];
}

function selfPauseLines({ selfPaused }: StatusDocument, { colors }: Output): string[] {
  return selfPaused.map(({ role, until, reason }) => {
    const again = until === null ? '' : `, or by itself from ${until.slice(0, 16).replace('T', ' ')} UTC on`;
    return colors.yellow(plainText(`${role}: ${reason} (rota resume ${role}${again})`));
  });
}

function where({ branch, remote }: StatusDocument): string {
  return plainText(remote === null ? branch : `${remote}/${branch}`);
}

function unhanded(tasks: readonly UnhandedTask[], { colors }: Output): string[] {
  return tasks.flatMap(({ file, change, command }) => [
    `${colors.yellow(change)} ${plainText(file)}`,
    `  ${colors.dim(plainText(command))}`,
  ]);
}

function idle({ worktrees }: StatusDocument): string[] {
  return worktrees
    .filter(({ busy }) => !busy)
    .map(({ path, missing }) => plainText(path) + (missing ? ' (its folder is gone)' : ''));
}
