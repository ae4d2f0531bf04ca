import type { Project } from '../project/project.ts';
import { sweep } from '../sweep/sweep.ts';
import type { Finding } from './finding.ts';

const MOST_NAMED = 5;

/** What dead workers left on this machine, as a sweep would find it now. */
export async function checkLeftovers(project: Project): Promise<Finding[]> {
  const stop = new AbortController().signal;
  const report = await sweep(project, { dryRun: true, discard: null, only: 'this-machine', stop });
  const wanted = [...report.freed, ...report.rescued, ...report.removed];
  const kept = report.kept.map(({ task, worktree, branch, reason }): Finding => {
    const what = task ?? worktree ?? branch ?? 'something';
    return { area: 'leftovers', state: 'warning', says: `${what} is kept: ${reason}`, mend: null };
  });
  if (wanted.length === 0 && kept.length === 0)
    return [{ area: 'leftovers', state: 'good', says: 'nothing was left behind', mend: null }];
  const shown = wanted
    .slice(0, MOST_NAMED)
    .map(({ task, reason }) => [task, reason].filter(Boolean).join(': '));
  const more = wanted.length > MOST_NAMED ? ` and ${wanted.length - MOST_NAMED} more` : '';
  return [
    ...(wanted.length === 0
      ? []
      : [
          { area: 'leftovers', state: 'warning', says: shown.join('; ') + more, mend: 'rota sweep' } as const,
        ]),
    ...kept.slice(0, MOST_NAMED),
  ];
}
