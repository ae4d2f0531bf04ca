import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kill } from './strike.ts';

interface Step {
  readonly at: number;
  readonly step: string;
  readonly state: string;
}

/** At which step of its run each kill hit, from the events that runs write: what was killed -> step -> how often. */
export function killSteps(kills: readonly Kill[]): Map<string, Map<string, number>> {
  const runs = new Map([...new Set(kills.map(({ rota }) => rota.home))].map((home) => [home, runsIn(home)]));
  const table = new Map<string, Map<string, number>>();
  for (const kill of kills) {
    const steps = runs.get(kill.rota.home)!.get(`${kill.rota.pid} ${kill.rota.start}`) ?? [];
    const last = steps.filter(({ at }) => at <= kill.at).at(-1);
    const step = last === undefined ? before(kill) : wordsOf(last);
    const row = table.get(kill.target) ?? new Map<string, number>();
    row.set(step, (row.get(step) ?? 0) + 1);
    table.set(kill.target, row);
  }
  return table;
}

function before({ rota }: Kill): string {
  return rota.part === 'sweeper' ? 'sweep' : 'before its lock';
}

function wordsOf({ step, state }: Step): string {
  return state === 'started' ? step : `after ${step}`;
}

/** Steps of every process that had runs here, in the order of time. */
function runsIn(home: string): Map<string, Step[]> {
  const found = new Map<string, Step[]>();
  const folder = join(home, '.git', 'rota', 'runs');
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const facts = lines(join(folder, name, 'run.json'), true)[0] as
      | { pid: number; started: string }
      | undefined;
    if (facts === undefined) continue;
    const key = `${facts.pid} ${facts.started}`;
    const steps = (
      lines(join(folder, name, 'events.jsonl'), false) as (Step & { type: string; at: string })[]
    )
      .filter(({ type }) => type === 'step')
      .map(({ at, step, state }) => ({ at: Date.parse(at), step, state }));
    found.set(
      key,
      [...(found.get(key) ?? []), ...steps].sort((a, b) => a.at - b.at),
    );
  }
  return found;
}

function lines(path: string, whole: boolean): unknown[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  return (whole ? [text] : text.split('\n').filter(Boolean)).flatMap((part) => {
    try {
      return [JSON.parse(part)];
    } catch {
      // A kill tore it.
      return [];
    }
  });
}
