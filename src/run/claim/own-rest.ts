import { type BudgetOf, budgetsOf, spentBudget, usedOf } from '../../plan/budget.ts';
import { NO_REST, type OwnRest } from '../../plan/own-rest.ts';
import { activePause } from '../../plan/streak.ts';
import type { UsageEntry } from '../../plan/usage-entry.ts';
import type { Role } from '../../role/role.ts';
import { parseTaskId } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { readStreaks } from '../streak/streak-store.ts';
import { readUsage } from '../usage/ledger.ts';

/** Why each role takes less than it could on this machine: it paused itself, or a budget is spent. */
export async function readOwnRests(
  project: Pick<Project, 'system' | 'repository'>,
  { roles, config }: Pick<Snapshot, 'roles' | 'config'>,
): Promise<ReadonlyMap<string, OwnRest>> {
  const now = project.system.clock.now();
  const streaks = await readStreaks(project);
  const budgets = new Map(roles.map((role) => [role.name, budgetsOf(role, config)]));
  const used = await readUsed(project, [...budgets.values()].flat());
  return new Map(
    roles.map(({ name }) => {
      const pause = activePause(streaks.get(name) ?? null, now);
      return [name, { ...budgetRest(budgets.get(name) ?? [], used, now), pause: pauseWords(name, pause) }];
    }),
  );
}

/** The same for one role. */
export async function readOwnRest(
  project: Pick<Project, 'system' | 'repository'>,
  { config }: Pick<Snapshot, 'config'>,
  role: Role,
): Promise<OwnRest> {
  return (await readOwnRests(project, { roles: [role], config })).get(role.name) ?? NO_REST;
}

/** Read only where there is a budget to hold it against. */
async function readUsed(
  project: Pick<Project, 'system' | 'repository'>,
  budgets: readonly BudgetOf[],
): Promise<readonly UsageEntry[]> {
  const spans = new Set(budgets.map(({ budget }) => budget.per));
  if (!spans.has('day') && !spans.has('task')) return [];
  return readUsage(project, spans.has('task') ? null : project.system.clock.now());
}

function budgetRest(
  budgets: readonly BudgetOf[],
  used: readonly UsageEntry[],
  now: Date,
): Pick<OwnRest, 'budget' | 'spent'> {
  const over = (of: BudgetOf, entries: readonly UsageEntry[], task: TaskKey | null) =>
    spentBudget(of, usedOf(of, entries, { run: null, task, now }), now)?.words ?? null;
  const ofDays = budgets.filter(({ budget }) => budget.per === 'day');
  const days = ofDays.flatMap((of) => over(of, used, null) ?? []);
  const spent = new Map<TaskKey, string>();
  const ofTasks = budgets.filter(({ budget }) => budget.per === 'task');
  for (const [key, entries] of ofTasks.length === 0 ? [] : byTask(used)) {
    const words = ofTasks.flatMap((of) => over(of, entries, key) ?? [])[0];
    if (words !== undefined) spent.set(key, words);
  }
  return { budget: days[0] ?? null, spent };
}

function byTask(entries: readonly UsageEntry[]): Map<TaskKey, UsageEntry[]> {
  const tasks = new Map<TaskKey, UsageEntry[]>();
  for (const entry of entries) {
    const key = parseTaskId(entry.task);
    const known = key === null ? undefined : tasks.get(key);
    if (known !== undefined) known.push(entry);
    else if (key !== null) tasks.set(key, [entry]);
  }
  return tasks;
}

function pauseWords(role: string, pause: ReturnType<typeof activePause>): string | null {
  if (pause === null) return null;
  const until =
    pause.until === null ? '' : `, or from ${pause.until.slice(0, 16).replace('T', ' ')} UTC on by itself`;
  return `role ${role} paused itself: ${pause.reason} (\`rota resume ${role}\`${until})`;
}
