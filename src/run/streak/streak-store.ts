import { join } from 'node:path';
import {
  type EndedRun,
  type LostRun,
  type SelfPause,
  STREAKS_FILE,
  type Streak,
  streakAfter,
} from '../../plan/streak.ts';
import { inTurn } from '../project/in-turn.ts';
import type { Project } from '../project/project.ts';

type StreakPlace = Pick<Project, 'system' | 'repository'>;

/** By the names of roles. A file that cannot be read only means that counting starts again. */
export async function readStreaks({ system, repository }: StreakPlace): Promise<ReadonlyMap<string, Streak>> {
  const bytes = await system.files.readIfThere(join(repository.rotaDir, STREAKS_FILE));
  return bytes === null ? new Map() : parseStreaks(bytes.toString('utf8'));
}

/** Workers of one machine end at the same time; one that waited longer than that counts all the same. Milliseconds. */
const PATIENCE = 5_000;

/** Counts a run that is over. @returns the role's streak before and after it */
export async function noteRun(
  project: Project,
  role: string,
  ended: EndedRun,
): Promise<{ before: Streak | null; after: Streak | null }> {
  const count = async () => {
    const streaks = await readStreaks(project);
    const before = streaks.get(role) ?? null;
    return { streaks, before, after: streakAfter(before, ended, project.system.clock.now()) };
  };
  const first = await count();
  if (first.after === first.before) return first;
  return inTurn(project, 'streaks', PATIENCE, async () => {
    const { streaks, before, after } = await count();
    const left = new Map(streaks);
    if (after === null) left.delete(role);
    else left.set(role, after);
    await save(project, left);
    return { before, after };
  });
}

/** Lets a role (null: every role) begin again. @returns those that had paused themselves */
export async function forgetStreaks(project: Project, role: string | null): Promise<string[]> {
  const keeps = (name: string) => role !== null && name !== role;
  if ([...(await readStreaks(project)).keys()].every(keeps)) return [];
  return inTurn(project, 'streaks', PATIENCE, () => forget(project, keeps));
}

async function forget(project: Project, keeps: (role: string) => boolean): Promise<string[]> {
  const streaks = await readStreaks(project);
  const left = new Map([...streaks].filter(([name]) => keeps(name)));
  await save(project, left);
  return [...streaks].filter(([name, { pause }]) => pause !== null && !left.has(name)).map(([name]) => name);
}

async function save({ system, repository }: StreakPlace, streaks: Map<string, Streak>): Promise<void> {
  const path = join(repository.rotaDir, STREAKS_FILE);
  await system.files.makeFolder(repository.rotaDir);
  const text = `${JSON.stringify({ v: 1, roles: Object.fromEntries(streaks) }, null, 2)}\n`;
  if (streaks.size > 0) await system.files.writeWhole(path, text);
  else if ((await system.files.facts(path)) !== null) await system.files.removeFile(path);
}

function parseStreaks(text: string): ReadonlyMap<string, Streak> {
  try {
    const { v, roles } = Object(JSON.parse(text)) as { v?: unknown; roles?: unknown };
    if (v !== 1 || typeof roles !== 'object' || roles === null) return new Map();
    return new Map(Object.entries(roles).filter((entry): entry is [string, Streak] => isStreak(entry[1])));
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

function isStreak(value: unknown): value is Streak {
  if (typeof value !== 'object' || value === null) return false;
  const { count, runs, pause } = value as Record<string, unknown>;
  return typeof count === 'number' && Array.isArray(runs) && runs.every(isLostRun) && isPause(pause);
}

function isLostRun(value: unknown): value is LostRun {
  if (typeof value !== 'object' || value === null) return false;
  const { run, task, outcome, failure } = value as Record<string, unknown>;
  const texts = [run, task, outcome].every((one) => typeof one === 'string');
  return texts && (failure === null || typeof failure === 'string');
}

function isPause(value: unknown): value is SelfPause | null {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  const { since, until, reason } = value as Record<string, unknown>;
  return (
    typeof since === 'string' && typeof reason === 'string' && (until === null || typeof until === 'string')
  );
}
