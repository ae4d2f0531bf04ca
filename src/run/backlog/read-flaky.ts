import { FLAKY, readFlakyTrailers } from '../../plan/flaky-log.ts';
import { readTrailers } from '../../plan/landing-trailers.ts';
import { commitTime } from '../../store/commit-time.ts';
import { parseTaskId } from '../../task/id.ts';
import type { LogEntry } from '../../task/log-line.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';

/** The newest so many landings with flaky tests. */
const MOST = 1000;

/** Flaky tests at the gates of what landed, by the trailers of main's first-parent history. */
export async function readFlaky(
  { system, neutral }: Project,
  main: string,
  only: TaskKey | null,
): Promise<LogEntry[]> {
  const { stdout } = await system.git.run(neutral.place, [
    ...['log', '--first-parent', `--max-count=${MOST}`, '--no-show-signature', '-z', '--format=%ct%n%B'],
    ...[`--grep=^Gate: ${FLAKY}: `, main, '--'],
  ]);
  return stdout
    .toString('utf8')
    .split('\0')
    .flatMap((entry) => {
      const [time = '', ...message] = entry.split('\n');
      const trailers = readTrailers(message.join('\n'));
      const task = trailers.get('Task')?.[0];
      const at = commitTime(time);
      // A message that only quotes a trailer is no landing.
      if (task === undefined || at === null || !trailers.has('Gated')) return [];
      if (only !== null && parseTaskId(task) !== only) return [];
      const about = { at: new Date(at), role: trailers.get('Role')?.[0] ?? '-', task, event: FLAKY };
      return readFlakyTrailers(trailers.get('Gate') ?? []).map((detail) => ({ ...about, detail }));
    });
}
