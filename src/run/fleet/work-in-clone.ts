import { findRole } from '../../role/find-role.ts';
import { readSettings } from '../../store/backlog/read-settings.ts';
import { taskKey } from '../../task/id.ts';
import type { Project } from '../project/project.ts';
import type { RunResult } from '../work/run-result.ts';
import { runRole } from '../work/worker.ts';
import { fetchWholeHistory } from './fetch-whole-history.ts';

/** After these the same task again at once would only end the same way. */
const ENOUGH: ReadonlySet<RunResult['outcome']> = new Set(['idle', 'failed', 'interrupted', 'main-red']);

/**
 * Runs of one role, one after the other: at most `most`, until it is idle or its surroundings fail.
 *
 * @throws RotaError `usage` for an unknown role, `config`, `role`, `remote`
 */
export async function workInClone(
  project: Project,
  wish: {
    readonly role: string;
    readonly agent: string | null;
    readonly most: number;
    readonly stop: AbortSignal;
  },
): Promise<RunResult[]> {
  const { role, agent, most, stop } = wish;
  const settings = await readSettings(project.system, project.repository, (await project.refs.last()).main);
  await fetchWholeHistory(project, findRole(role, settings));
  const results: RunResult[] = [];
  while (results.length < most && !stop.aborted) {
    const except = new Set(results.flatMap(({ task }) => (task === null ? [] : [taskKey(task)])));
    const result = await runRole(project, { role, agent, only: null, except, stop });
    results.push(result);
    if (ENOUGH.has(result.outcome)) break;
  }
  return results;
}
