import { plainLines, plainText } from '../task/text.ts';

/** What is known of a command that failed. */
export interface FailureFacts {
  /** `gate command`, `setup command`. */
  readonly what: string;
  readonly name: string;
  /** How it ended, in words. */
  readonly how: string;
  /** As its report has them. */
  readonly failed: readonly {
    readonly name: string;
    readonly file: string | null;
    readonly failure: { readonly message: string } | null;
  }[];
  /** first-errors.ts, over its whole output. */
  readonly errors: readonly string[];
  /** The end of its output. */
  readonly tail: string;
}

/** Characters in all: what an agent is told. */
const MOST = 20_000;
const MOST_WITH_MESSAGE = 10;
const MOST_NAMED = 60;
const LONGEST_MESSAGE = 600;
const LONGEST_NAME = 300;
/** Of the errors; the rest is for the tests and the tail. */
const MOST_ERRORS = 6_000;
const TAIL = 'The end of its output:';

/**
 * The useful part of a failure, the most useful first: failed tests by name, the first errors, then as much of the output's end
 * as there is room for. Without control characters.
 */
export function failureDigest(facts: FailureFacts, most = MOST): string {
  const head = [
    `The ${facts.what} failed: ${cut(plainText(facts.name), LONGEST_NAME)}\nHow: ${plainText(facts.how)}`,
    ...testsSection(facts),
    ...errorsSection(facts),
  ].join('\n\n');
  const tail = plainLines(facts.tail).trim();
  if (tail === '') return cut(`${head}\nIt wrote nothing.`, most);
  const room = Math.max(most - head.length - TAIL.length - 3, Math.floor(most / 5));
  return `${cut(head, most - Math.min(room, tail.length) - TAIL.length - 3)}\n\n${TAIL}\n${endOf(tail, room)}`;
}

/** A digest, or any other failure, for a note: three quarters for what comes first, the rest for the end of the output. */
export function shortFailure(digest: string, most: number): string {
  if (digest.length <= most) return digest;
  const at = digest.indexOf(`\n${TAIL}\n`);
  const head = at === -1 ? digest : digest.slice(0, at).trimEnd();
  if (at === -1) return cut(head, most);
  const kept = cut(head, Math.floor((most * 3) / 4));
  return `${kept}\n\n${TAIL}\n${endOf(digest.slice(at + TAIL.length + 2), most - kept.length - TAIL.length - 3)}`;
}

function testsSection({ failed }: FailureFacts): string[] {
  if (failed.length === 0) return [];
  const lines = failed.slice(0, MOST_NAMED).map(({ name, file, failure }, at) => {
    const where = file === null ? '' : `${plainText(file)}: `;
    const message = plainLines(failure?.message ?? '').trim();
    const title = `- ${cut(`${where}${plainText(name)}`, LONGEST_NAME)}`;
    if (at >= MOST_WITH_MESSAGE || message === '') return title;
    return `${title}\n  ${cut(message, LONGEST_MESSAGE).replaceAll('\n', '\n  ')}`;
  });
  const more = failed.length - lines.length;
  if (more > 0) lines.push(`- and ${more} more`);
  return [`Failed tests (${failed.length}), as its report has them:\n${lines.join('\n')}`];
}

/** Not twice: a short output is all of it below. */
function errorsSection({ errors, tail }: FailureFacts): string[] {
  const end = plainLines(tail).replaceAll('\t', '    ');
  const short = end.length <= 4_000 && errors.every((error) => end.includes(error.split('\n')[0]!));
  if (errors.length === 0 || short) return [];
  return [`First errors:\n${cut(errors.join('\n'), MOST_ERRORS)}`];
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.max(0, most - 1))}…` : text;
}

/** Whole lines where there are any. */
function endOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.slice(-(most - 2));
  const line = end.indexOf('\n');
  return `…\n${line === -1 || line > 1_000 ? end : end.slice(line + 1)}`;
}
