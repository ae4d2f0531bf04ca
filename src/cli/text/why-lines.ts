import { plainText } from '../../task/text.ts';
import type { WhyDocument } from '../documents/why-document.ts';
import type { WhyEvent } from '../documents/why-events.ts';
import type { Colors, Output } from '../output.ts';
import { formatSince } from './ago.ts';
import { formatBytes } from './bytes.ts';
import { wrapWords } from './wrap-words.ts';

/** Newest events that people are shown; --json has more. */
const MOST_EVENTS = 300;
/** Lines that one detail may take. */
const MOST_LINES = 8;

/** The lines of `rota why`: how it stands now, then everything that happened, oldest first. */
export function whyLines(why: WhyDocument, output: Output, now: Date): string[] {
  const { colors } = output;
  const width = output.terminal ? Math.max(40, Math.min(output.width, 100)) : 80;
  const events = why.events.filter((event, at) => tells(event, why.events, at));
  const shown = events.slice(-MOST_EVENTS);
  const left = events.length - shown.length + why.omitted;
  return [
    ...headline(why, width).map((line) => colors.bold(line)),
    ...wrapped(why.now.words, width),
    ...factLines(why, colors, { width, now }),
    ...(shown.length === 0 ? ['', 'Nothing happened yet.'] : []),
    ...(left > 0 ? ['', colors.dim(`${left} earlier events are left out; --json has them.`)] : []),
    ...eventLines(shown, colors, width),
    ...(why.problems.length === 0 ? [] : ['', colors.bold('What could not be read')]),
    ...why.problems.flatMap((problem) => wrapped(problem, width - 2).map((line) => `  ${line}`)),
  ];
}

function headline({ id, title }: WhyDocument, width: number): string[] {
  const name = plainText(id).slice(0, 30);
  const lines = wrapped(title ?? '(no task file on main)', width - name.length - 2);
  return lines.map((line, at) => `${at === 0 ? name : ' '.repeat(name.length)}  ${line}`);
}

/** A start that more of the same step follows tells nothing; one that nothing follows tells where a run was cut off. */
function tells({ source, run, event, detail }: WhyEvent, all: readonly WhyEvent[], at: number): boolean {
  if (source !== 'run' || !/^started(?::|$)/.test(detail)) return true;
  return !all
    .slice(at + 1)
    .some((later) => later.source === 'run' && later.run === run && later.event === event);
}

function factLines(why: WhyDocument, colors: Colors, style: { width: number; now: Date }): string[] {
  const { now } = why;
  const { lock } = now;
  const life = lock === null ? '' : lock.alive === null ? 'not known' : lock.alive ? 'alive' : 'dead';
  const since = lock === null ? null : formatSince(lock.since, style.now);
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    ['file', why.file === null ? null : `${why.file}, status ${now.status}`],
    ...now.picked.map(
      ({ role, eligible, reason }) =>
        [role, `${eligible ? 'takes it' : 'does not take it'}: ${reason}`] as const,
    ),
    ['everybody', now.rest],
    [
      'lock',
      lock === null
        ? null
        : `${lock.role}, ${lock.by}, run ${lock.run}${since === null ? '' : `, for ${since}`}; ${life}: ${lock.proof}`,
    ],
    ['branch', lock?.branch ?? null],
    ['block', now.block === null ? null : `in the file, ${now.block.run ?? now.block.by ?? 'of a person'}`],
    ['state', now.state],
    ['reason', now.reason],
    ['pull request', now.pr],
    ['waits for', now.waiting === null ? null : `${now.waiting.reason} (since ${now.waiting.since})`],
    ['attempts', now.attempts === 0 ? null : String(now.attempts)],
    ['not before', now.notBefore],
    ...why.rescues.map(
      ({ name, files, bytes }) => ['rescued', `${name}: ${files} files, ${formatBytes(bytes)}`] as const,
    ),
  ];
  const shown = facts.filter(([, value]) => value !== null && value !== '');
  if (shown.length === 0) return [];
  const names = shown.map(([name]) => plainText(name).slice(0, 20));
  const column = Math.max(...names.map((name) => name.length));
  return [
    '',
    ...shown.flatMap(([, value], at) => {
      const lines = wrapped(value ?? '', style.width - column - 2);
      return lines.map((line, row) => `${colors.dim((row === 0 ? names[at]! : '').padEnd(column))}  ${line}`);
    }),
  ];
}

/** Days and runs as headings, then a line an event: time, mark, where it was remembered, what. */
function eventLines(events: readonly WhyEvent[], colors: Colors, width: number): string[] {
  const lines: string[] = [];
  let day = '';
  let run: string | null = null;
  for (const event of events) {
    const [date = '', time = ''] = new Date(event.time).toISOString().split(/[T.Z]/);
    if (date !== day) lines.push('', colors.bold(`${date} (UTC)`));
    if (event.run !== null && (event.run !== run || date !== day))
      lines.push(colors.dim(`  run ${plainText(event.run).slice(0, 64)}`));
    day = date;
    run = event.run ?? run;
    const what = event.detail === '' ? event.event : `${event.event}: ${event.detail}`;
    const [first = '', ...more] = wrapped(what, width - 20);
    lines.push(`  ${colors.dim(time)} ${mark(event, colors)} ${colors.dim(event.source.padEnd(6))} ${first}`);
    lines.push(...more.map((line) => `${' '.repeat(20)}${line}`));
  }
  return lines;
}

const GOOD: ReadonlySet<string> = new Set(['landed', 'proposed', 'freed', 'removed', 'rescued', 'kept']);
const BAD: ReadonlySet<string> = new Set(
  'red conflict partial timed-out stalled blocked refused revoked main-red failed interrupted died warning held'.split(
    ' ',
  ),
);

function mark({ event, source, detail }: WhyEvent, colors: Colors): string {
  if (BAD.has(event) || /: red after |^failed(?::|$)/.test(detail)) return colors.red('✖');
  if (GOOD.has(event) || (source === 'run' && event === 'gate')) return colors.green('✔');
  return colors.dim('·');
}

/** Untrusted text, harmless, in a few lines. */
function wrapped(text: string, width: number): string[] {
  const lines = wrapWords(plainText(text), Math.max(10, width));
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), '…'] : lines;
}
