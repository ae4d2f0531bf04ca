import * as z from 'zod';
import { readFrontMatter } from '../task/front-matter.ts';
import { PRIORITIES, type Priority, TASK_TYPES, type TaskType } from '../task/task.ts';
import { plainLines, plainText } from '../task/text.ts';

/** What an agent says about its turn. Untrusted: it decides nothing that the diff and the gate do not confirm. */
export interface AgentResult {
  readonly outcome: 'done' | 'partial' | 'blocked';
  /** One line. */
  readonly summary: string | null;
  /** Its wish for the message of what it left uncommitted. */
  readonly commit: { readonly type: string; readonly subject: string } | null;
  readonly tests: readonly string[];
  readonly criteria: readonly { readonly text: string; readonly met: boolean; readonly proof: string }[];
  readonly tasks: readonly ProposedTask[];
  /** What it must know to go on, when blocked. */
  readonly question: string | null;
  /** The markdown body. */
  readonly details: string;
}

/** A task that an agent proposes. It gets a real id when the work lands, and arrives as a draft. */
export interface ProposedTask {
  /** `NEW-1`…: other proposals of the same result may depend on it. */
  readonly id: string;
  readonly title: string;
  readonly type: TaskType | null;
  readonly priority: Priority | null;
  readonly depends: readonly string[];
  readonly touches: readonly string[];
  readonly epic: string | null;
  readonly body: string;
}

const MOST_PROPOSED_TASKS = 5;
const MOST_BYTES = 256 * 1024;
const COMMIT_TYPES = [
  'feat',
  'fix',
  'docs',
  'test',
  'refactor',
  'perf',
  'build',
  'ci',
  'chore',
  'style',
  'revert',
];

/**
 * Reads the file that ROTA_RESULT names (docs/files.md). Control characters are stripped and sizes bounded; unknown keys are
 * ignored. A result that cannot be read is a problem in words that can be shown to the agent.
 */
export function readResult(text: string): { readonly result: AgentResult } | { readonly problem: string } {
  const size = Buffer.byteLength(text);
  if (size > MOST_BYTES)
    return { problem: `the result file has ${size} bytes; at most ${MOST_BYTES} are read` };
  const matter = readFrontMatter(text);
  if (matter.kind === 'problems') {
    const found = matter.problems.slice(0, 3).map(({ line, message }) => `line ${line}: ${message}`);
    return { problem: `the result file cannot be read: ${found.join('; ')}` };
  }
  if (!matter.split.hasFrontMatter) {
    return {
      problem:
        'the result file has no front-matter; expected a first line `---`, then `outcome: done`, `partial` or `blocked`, then `---`',
    };
  }
  const parsed = Result.safeParse(matter.data);
  if (!parsed.success) {
    const found = parsed.error.issues.slice(0, 5).map((issue) => {
      const path = issue.path.filter((step) => typeof step !== 'symbol');
      const where = path.length === 0 ? '' : `${path.join('.')}: `;
      return `line ${matter.lineOf(path)}: ${where}${plainText(issue.message)}`;
    });
    return { problem: `the result file is wrong: ${found.join('; ')}` };
  }
  return { result: { ...parsed.data, details: bounded(plainLines(matter.split.body).trim(), 64 * 1024) } };
}

/** One line of text; numbers and booleans are what a person would have written. */
const scalar = (expected: string) =>
  z.union([z.string(), z.number(), z.boolean()], { error: `expected ${expected}` }).transform(String);
const line = (most: number) =>
  scalar('one line of text').transform((text) => bounded(plainText(text).trim(), most));
const lines = (most: number) => scalar('text').transform((text) => bounded(plainLines(text).trim(), most));
const optionalLine = (most: number) => line(most).nullish().transform(emptyIsNull);

/** A list that may be left out, or be one entry without a list around it. */
function listOf<T extends z.ZodType>(entry: T, most: number, what: string) {
  const list = z.array(entry, { error: `expected a list of ${what}` });
  return z.preprocess(
    (value) => (value === undefined || value === null ? [] : typeof value === 'object' ? value : [value]),
    list.max(most, { error: `at most ${most} ${what}` }),
  );
}

/** Enumerations are read in any case, like those of task files. */
function oneOf<const T extends readonly string[]>(names: T) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.trim().toLowerCase() : value),
    z.enum(names, { error: `expected ${names.join(', ')}` }),
  );
}

const Met = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? { yes: true, true: true, no: false, false: false }[value.toLowerCase()]
      : value,
  z.boolean({ error: 'expected yes or no' }),
);

const Criterion = z.object(
  {
    text: line(1000),
    met: Met,
    proof: lines(4000)
      .nullish()
      .transform((proof) => proof ?? ''),
  },
  { error: 'expected text, met (yes or no) and proof' },
);

const NewId = z.string({ error: 'expected NEW-1, NEW-2, …' }).regex(/^NEW-[1-9][0-9]?$/, {
  error: 'expected NEW-1, NEW-2, …: rota gives the real ids',
});

const Proposed = z.object(
  {
    id: NewId,
    title: line(200).refine((title) => title !== '', { error: 'expected a title' }),
    type: oneOf(TASK_TYPES).nullish().transform(orNull),
    priority: oneOf(PRIORITIES).nullish().transform(orNull),
    depends: listOf(line(30), 50, 'task ids'),
    touches: listOf(line(200), 50, 'paths'),
    epic: optionalLine(30),
    body: lines(32 * 1024)
      .nullish()
      .transform((body) => body ?? ''),
  },
  { error: 'expected id, title, type, priority, depends, touches, epic, body' },
);

const Result = z.object({
  outcome: oneOf(['done', 'partial', 'blocked']),
  summary: optionalLine(500),
  commit: z
    .object(
      {
        type: oneOf(COMMIT_TYPES),
        subject: line(100).refine((text) => text !== '', { error: 'expected a subject' }),
      },
      { error: 'expected type and subject' },
    )
    .nullish()
    .transform(orNull),
  tests: listOf(line(500), 200, 'tests'),
  criteria: listOf(Criterion, 200, 'criteria'),
  tasks: listOf(Proposed, MOST_PROPOSED_TASKS, 'proposed tasks').refine(
    (tasks) => new Set(tasks.map(({ id }) => id)).size === tasks.length,
    { error: 'each proposed task needs an id of its own' },
  ),
  question: optionalLine(4000),
});

function orNull<T>(value: T | null | undefined): T | null {
  return value ?? null;
}

function emptyIsNull(value: string | null | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

function bounded(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
