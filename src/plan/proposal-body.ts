import { inertMarkdown, inertTitle } from './inert-text.ts';

/** What a pull request tells about the work in it. Everything but ids and names of refs is somebody's words: data. */
export interface ProposalFacts {
  readonly task: {
    readonly id: string;
    readonly title: string;
    readonly type: string;
    /** Null: there is no task file. */
    readonly file: string | null;
  };
  readonly summary: string | null;
  /** The items of the task's own list. */
  readonly criteria: readonly { readonly text: string; readonly checked: boolean }[];
  /** What the agent says about them. */
  readonly reported: readonly Reported[];
  readonly checks: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly seconds: number;
    readonly tests: number | null;
    readonly detail: string | null;
  }[];
  /** What the gate saw, one line each: verdict, proof, existing tests changed, flaky tests. */
  readonly evidence: readonly string[];
  /** Files of tasks that come with it. */
  readonly added: readonly string[];
  /** The last paragraph of the commit's message. */
  readonly trailers: readonly string[];
}

interface Reported {
  readonly text: string;
  readonly met: boolean;
  readonly proof: string;
}

/** Forges take 64 KiB; the rest is for what they and rota put around it. */
const MOST_BYTES = 60_000;
const MOST_ITEMS = 60;
const ITEM = 400;
const EVIDENCE = 2000;
const SUMMARY_LINES = 120;
const TRAILER_LINES = 40;

/** The body of a pull request, as markdown of at most 60 KB in which nothing that others wrote does anything. */
export function proposalBody(facts: ProposalFacts): string {
  const { id, title, type, file } = facts.task;
  const head = `**${inertMarkdown(id)}** ${item(title)} (${inertMarkdown(type)})${file === null ? '' : `, ${item(file)}`}`;
  const fixed = [
    section('Criteria', criteriaLines(facts)),
    section('Gate', gateLines(facts)),
    section('Tasks that come with it, as drafts', listed(facts.added.map(item))),
    trailerBlock(facts.trailers),
  ].filter((part) => part !== null);
  const room = MOST_BYTES - bytes([head, ...fixed].join('\n\n')) - 100;
  const summary = quoted(facts.summary, Math.max(0, room));
  return cutToBytes([head, ...(summary === null ? [] : [summary]), ...fixed].join('\n\n'), MOST_BYTES);
}

function criteriaLines({ criteria, reported }: ProposalFacts): string[] {
  const left = [...reported];
  const own = criteria.map(({ text, checked }) => {
    const at = left.findIndex((one) => sameWords(one.text, text));
    const [said] = at < 0 ? [] : left.splice(at, 1);
    return line(said ?? { text, met: checked, proof: checked ? '' : 'nothing was said about it' }, text);
  });
  return listed([...own, ...left.map((said) => line(said, said.text))], '');
}

function line({ met, proof }: Reported, text: string): string {
  return `- [${met ? 'x' : ' '}] ${item(text)}${proof.trim() === '' ? '' : `: ${item(proof)}`}`;
}

function sameWords(one: string, other: string): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return plain(one) === plain(other);
}

function gateLines({ checks, evidence }: ProposalFacts): string[] {
  const lines = checks.map(({ name, passed, seconds, tests, detail }) => {
    const counted = tests === null ? '' : `, ${tests} ${tests === 1 ? 'test' : 'tests'}`;
    const why = detail === null ? '' : `: ${item(detail)}`;
    return `${item(name)}: ${passed ? 'passed' : 'failed'} in ${seconds.toFixed(1)} s${counted}${why}`;
  });
  const seen = evidence.map((one) => inertMarkdown(cut(one, EVIDENCE)));
  return [...listed(lines), ...(seen.length === 0 ? [] : ['', ...listed(seen)])];
}

function section(title: string, lines: readonly string[]): string | null {
  return lines.length === 0 ? null : `### ${title}\n\n${lines.join('\n')}`;
}

function listed(entries: readonly string[], bullet = '- '): string[] {
  const shown = entries.slice(0, MOST_ITEMS).map((entry) => `${bullet}${entry}`);
  const more = entries.length - shown.length;
  return more > 0 ? [...shown, `- and ${more} more`] : shown;
}

/** In a fence that no line can close, because each begins with its key. */
function trailerBlock(trailers: readonly string[]): string | null {
  if (trailers.length === 0) return null;
  const lines = trailers
    .slice(0, TRAILER_LINES)
    .map((one) => cut(inertTitle(one), ITEM).replaceAll('`', "'"));
  return `\`\`\`text\n${lines.join('\n')}\n\`\`\``;
}

function quoted(text: string | null, room: number): string | null {
  if (text === null || text.trim() === '') return null;
  const lines = text.trim().split(/\r\n|[\n\r]/);
  const shown: string[] = [];
  let used = 0;
  for (const one of lines.slice(0, SUMMARY_LINES)) {
    const next = `> ${inertMarkdown(cut(one, 2000))}`.trimEnd();
    used += bytes(next) + 1;
    if (used > room) break;
    shown.push(next);
  }
  if (shown.length === 0) return null;
  return shown.length === lines.length ? shown.join('\n') : `${shown.join('\n')}\n>\n> (cut)`;
}

function item(text: string): string {
  return inertMarkdown(cut(text, ITEM));
}

/** By code points, so that no character is cut in two. */
function cut(text: string, length: number): string {
  const points = [...text.slice(0, 2 * length + 2)];
  return points.length <= length ? text : `${points.slice(0, length).join('')}…`;
}

function cutToBytes(text: string, most: number): string {
  if (bytes(text) <= most) return text;
  const lines = text.split('\n');
  while (bytes(lines.join('\n')) > most - 20) lines.length -= Math.max(1, Math.floor(lines.length / 50));
  return `${lines.join('\n')}\n\n(cut)`;
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
