import type { Project } from './project.ts';
import { type CacheFacts, compareCache, readCacheFacts } from './tamper-cache.ts';
import { type CheckoutsFacts, compareCheckouts, readCheckoutsFacts } from './tamper-checkouts.ts';
import { compareHome, type HomeFacts, readHomeFacts } from './tamper-home.ts';
import { compareLogs, type LogFacts, readLogFacts } from './tamper-logs.ts';
import { othersIn, type RefFacts, readRefFacts } from './tamper-refs.ts';

/** What only an agent with the person's rights reaches, as it was. */
export interface ReachFacts {
  readonly checkouts: CheckoutsFacts;
  readonly home: HomeFacts;
  readonly cache: CacheFacts;
  readonly logs: LogFacts;
}

/** What became of it, in sentences. */
export interface ReachSaid {
  readonly noticed: readonly string[];
  /** What people do every day, too. */
  readonly meanwhile: readonly string[];
}

/** May be begun before everything else is ready for the agent: what a person does in between is said as well. */
export async function readReach(project: Project): Promise<ReachFacts> {
  const [checkouts, home, cache, logs] = await Promise.all([
    readCheckoutsFacts(project),
    readHomeFacts(project),
    readCacheFacts(project),
    readLogFacts(project),
  ]);
  return { checkouts, home, cache, logs };
}

/**
 * What has changed since. May run beside everything that happens after a turn.
 *
 * @param run whose agent it was, and the refs as they were before it
 */
export async function compareReach(
  project: Project,
  before: ReachFacts,
  { run, refs }: { readonly run: string; readonly refs: RefFacts },
): Promise<ReachSaid> {
  const isAlone = async () => (await othersIn(project, run, refs, await readRefFacts(project))).size === 0;
  const [checkouts, home, cache, logs] = await Promise.all([
    compareCheckouts(project, before.checkouts),
    readHomeFacts(project).then((now) => compareHome(before.home, now)),
    compareCache(project, before.cache, isAlone),
    compareLogs(project, before.logs),
  ]);
  return { noticed: [...home, ...cache], meanwhile: [...checkouts, ...logs] };
}
