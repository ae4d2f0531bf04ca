import { readFilesAt } from '../../store/backlog/read-text.ts';
import { readLog } from '../../task/body.ts';
import { type LogEntry, parseLogLine } from '../../task/log-line.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { readFlaky } from './read-flaky.ts';

/**
 * What happened, oldest first: the logs in the task files on main, the lines in the records that the next landing moves
 * there, and the flaky tests that landings name in their trailers.
 *
 * @param only one task; null: all
 */
export async function readTaskLog(
  project: Project,
  snapshot: Snapshot,
  only: TaskKey | null,
): Promise<LogEntry[]> {
  const { backlog, records, view } = snapshot;
  const tasks = only === null ? backlog.tasks : backlog.tasks.filter(({ key }) => key === only);
  const files = tasks.map(({ file }) => file);
  const flaky = readFlaky(project, view.main, only);
  const texts =
    files.length === 0 ? new Map() : await readFilesAt(project.system, project.repository, view.main, files);
  const landed = files.flatMap((file) => {
    const bytes: Buffer | null | undefined = texts.get(file);
    return bytes === undefined || bytes === null ? [] : readLog(bytes.toString('utf8'));
  });
  const inFlight = [...records].flatMap(([key, { record }]) =>
    only === null || key === only ? (record?.log ?? []).map(parseLogLine) : [],
  );
  const entries = [...landed, ...inFlight, ...(await flaky)].filter((entry) => entry !== null);
  return withoutRepeats(entries).sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** A record's line can be in the file already: written to main while the record was kept. */
function withoutRepeats(entries: readonly LogEntry[]): LogEntry[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const text = JSON.stringify(entry);
    return !seen.has(text) && seen.add(text);
  });
}
