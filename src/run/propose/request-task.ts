import type { PullRequest } from '../../forge/forge.ts';
import { taskKey } from '../../task/id.ts';
import type { Task } from '../../task/task.ts';
import { plainLines, plainText } from '../../task/text.ts';

const MOST_BODY = 32_768;
const MOST_COMMENTS = 30;
const MOST_COMMENT = 2_048;

/** A pull request that is no task's, as a task that has no file: its id is `PR-` and its number. */
export function requestTask({ number, title }: Pick<PullRequest, 'number' | 'title'>): Task {
  const id = `PR-${number}`;
  return {
    ...{ id, key: taskKey(id), file: `pull request ${number}`, title: plainText(title).slice(0, 300) || id },
    ...{ type: 'chore', priority: 'medium', order: null, status: 'ready', role: null, epic: null },
    ...{ depends: [], touches: [], repeat: null, notBefore: null, lock: null },
  };
}

/**
 * What the agent is told about a request: its text, what its newest commit fails, and what was said about it by people who may
 * write to the repository. What others say is left out, and counted.
 */
export function requestText(request: PullRequest): string {
  const { number, title, body, branch, base, author, url, failing, conflict } = request;
  const heard = request.comments.filter(({ mayWrite, resolved }) => mayWrite && !resolved);
  const unheard = request.comments.filter(({ mayWrite }) => !mayWrite).length;
  const shown = heard.slice(-MOST_COMMENTS);
  const left = heard.length - shown.length;
  return [
    `# Pull request ${number}: ${plainText(title)}`,
    `Opened by ${plainText(author)}, from ${plainText(branch)} into ${plainText(base)}: ${plainText(url)}`,
    cut(plainLines(body).trim(), MOST_BODY) || '(It has no text.)',
    ...(conflict ? [`It conflicts with ${plainText(base)}.`] : []),
    ...(failing.length === 0
      ? []
      : [`Checks that fail: ${failing.map(({ name }) => plainText(name).slice(0, 200)).join(', ')}`]),
    ...(shown.length === 0 ? [] : ['## What was said', ...shown.map(comment)]),
    ...(left > 0 || request.moreComments ? ['(Older comments were left out.)'] : []),
    ...(unheard > 0 ? [`(${unheard} by people who may not write here were left out.)`] : []),
  ].join('\n\n');
}

function comment({ author, at, body, path, line }: PullRequest['comments'][number]): string {
  const where = path === null ? '' : ` on ${plainText(path)}${line === null ? '' : `:${line}`}`;
  const text = cut(plainLines(body).trim(), MOST_COMMENT);
  return `${plainText(author)}, ${plainText(at)}${where}:\n${text}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
