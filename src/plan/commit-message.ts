import type { Task, TaskType } from '../task/task.ts';
import { plainLines, plainText } from '../task/text.ts';

/** What a result proposes as the commit's header. */
export interface ProposedCommit {
  readonly type: string | null;
  readonly subject: string | null;
}

export interface LandingTrailers {
  readonly task: string;
  readonly role: string;
  readonly run: string;
  readonly branch: string;
  readonly agent: string;
  /** One line for each gate command, e.g. `npm test: passed in 4 s`. */
  readonly gate: readonly string[];
  /** The gated tree's object id. */
  readonly gated: string;
}

export interface LandingMessageInput {
  readonly task: Pick<Task, 'id' | 'title' | 'type'>;
  readonly commit: ProposedCommit | null;
  readonly body: string | null;
  readonly trailers: LandingTrailers;
}

const HEADER_LENGTH = 100;
const BODY_LENGTH = 4000;
const TRAILER_LENGTH = 200;

const CONVENTIONAL = [
  'feat',
  'fix',
  'chore',
  'docs',
  'test',
  'refactor',
  'perf',
  'style',
  'build',
  'ci',
  'revert',
];
const TYPE_OF: Readonly<Record<TaskType, string>> = {
  feature: 'feat',
  bug: 'fix',
  chore: 'chore',
  docs: 'docs',
  test: 'test',
  debt: 'refactor',
  epic: 'chore',
};

/** The message of the commit that takes what an agent left uncommitted: `feat(A32): add registrations`. */
export function leftoverCommitMessage(
  task: Pick<Task, 'id' | 'title' | 'type'>,
  role: string,
  result: { readonly commit: ProposedCommit | null; readonly summary: string | null } | null,
): string {
  const body =
    safeBody(result?.summary ?? null) ?? `Work of role ${line(role, TRAILER_LENGTH)}, committed by rota.`;
  return `${header(task, result?.commit ?? null)}\n\n${body}\n`;
}

/**
 * The message of a landing: header, body, and as its last paragraph the trailers that prove what landed and how. Title,
 * subject and body are an agent's or a task's words: they can neither add a trailer nor break out of their line.
 */
export function landingMessage({ task, commit, body, trailers }: LandingMessageInput): string {
  const lines = [
    ['Task', trailers.task],
    ['Role', trailers.role],
    ['Run', trailers.run],
    ['Branch', trailers.branch],
    ['Agent', trailers.agent],
    ...trailers.gate.map((check) => ['Gate', check]),
    ['Gated', trailers.gated],
  ].map(([key, value]) => `${key}: ${line(value!, TRAILER_LENGTH) || 'none'}`);
  const paragraphs = [header(task, commit), safeBody(body), lines.join('\n')];
  return `${paragraphs.filter((paragraph) => paragraph !== null).join('\n\n')}\n`;
}

function header(task: Pick<Task, 'id' | 'title' | 'type'>, commit: ProposedCommit | null): string {
  const wanted = commit?.type?.toLowerCase() ?? '';
  const type = CONVENTIONAL.includes(wanted) ? wanted : TYPE_OF[task.type];
  const prefix = `${type}(${line(task.id, 40)}): `;
  const subject = withoutOwnPrefix(line(commit?.subject ?? '', 1000)) || line(task.title, 1000) || 'untitled';
  return cut(prefix + subject.replace(/(?<![.])\.$/, ''), HEADER_LENGTH);
}

/** Agents like to repeat the prefix that rota adds. */
function withoutOwnPrefix(subject: string): string {
  const match = /^([a-z]+)(?:\([^()]*\))?!?: +(?=\S)/.exec(subject);
  return match !== null && CONVENTIONAL.includes(match[1]!) ? subject.slice(match[0].length) : subject;
}

function safeBody(text: string | null): string | null {
  if (text === null) return null;
  const lines = plainLines(text.slice(0, 4 * BODY_LENGTH))
    .split('\n')
    .map(harmless);
  const body = cut(
    lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    BODY_LENGTH,
  );
  return body === '' ? null : body;
}

/**
 * A line that nothing reads as more than text: not as a trailer (`Run: …`, whatever follows the name), not as the `---`
 * that ends a message for `git am` and `git interpret-trailers`, not as an attribution that git hosts act upon.
 */
function harmless(text: string): string {
  const flat = text.trimEnd();
  return /^\s*(?:[A-Za-z0-9-]+\s*[:=#]|---|diff |index |\(cherry picked from)/i.test(flat)
    ? `> ${flat.trimStart()}`
    : flat;
}

function line(text: string, length: number): string {
  return cut(plainText(text).replace(/\s+/g, ' ').trim(), length);
}

/** By code points, so that no character is cut in two. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const points = [...text];
  return points.length <= length
    ? text
    : `${points
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`;
}
