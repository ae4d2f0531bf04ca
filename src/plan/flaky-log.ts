import { formatLogLine, type LogEntry } from '../task/log-line.ts';

/** How often a test failed and then passed on the same tree. */
export interface FlakyCount {
  readonly test: string;
  readonly count: number;
  readonly last: Date;
  /** Ids of the tasks at whose gates it did, each once. */
  readonly tasks: readonly string[];
}

/** What a log calls it. */
export const FLAKY = 'flaky';

const PREFIX = `${FLAKY}: `;

/** For the `Gate:` trailers of a landing. */
export function flakyTrailer(test: string): string {
  return `${PREFIX}${test}`;
}

/** The tests that the `Gate:` trailers of a landing name. */
export function readFlakyTrailers(gate: readonly string[]): string[] {
  return gate.filter((line) => line.startsWith(PREFIX)).map((line) => line.slice(PREFIX.length));
}

/** For the log of a task whose work did not land: there is no trailer then. */
export function flakyLogLine(about: Pick<LogEntry, 'at' | 'role' | 'task'>, test: string): string {
  return formatLogLine({ ...about, event: FLAKY, detail: test });
}

/** The tests of a log that were flaky: the most frequent first, then the newest. */
export function countFlaky(log: readonly LogEntry[]): FlakyCount[] {
  const counts = new Map<string, { count: number; last: Date; tasks: Set<string> }>();
  for (const { event, detail, at, task } of log) {
    if (event !== FLAKY) continue;
    const one = counts.get(detail) ?? { count: 0, last: at, tasks: new Set() };
    counts.set(detail, one);
    one.count += 1;
    if (at > one.last) one.last = at;
    one.tasks.add(task);
  }
  return [...counts]
    .map(([test, { count, last, tasks }]) => ({ test, count, last, tasks: [...tasks] }))
    .sort((a, b) => b.count - a.count || b.last.getTime() - a.last.getTime());
}
