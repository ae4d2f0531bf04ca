import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { faultySystem } from '../support/faulty-system.ts';
import type { Arena } from './arena.ts';
import { type PersonsWork, personsWorkOnly } from './person.ts';
import type { Scenario } from './scenario.ts';

/** What a death right after a step leaves on disk, for all steps of one run of the act. */
export interface FrozenDeaths {
  /** What the person had before. */
  readonly before: PersonsWork;
  /** False: something else was under way then, which a copy of the disk does not hold. */
  has(n: number): boolean;
  /** Puts the arena into that state. Returns the name of the step. */
  thaw(n: number): string;
}

/**
 * Runs the act once and copies the arena after every changing step beside which nothing else was under way. A worker that dies
 * then leaves exactly this: running the act again up to each step would only take longer. Hard links stay what they are.
 */
export async function freezeDeaths(arena: Arena, scenario: Scenario): Promise<FrozenDeaths> {
  const base = join(dirname(arena.folder), 'deaths');
  rmSync(base, { recursive: true, force: true });
  mkdirSync(base);
  arena.restore();
  const before = personsWorkOnly(arena);
  const labels: string[] = [];
  const placeOf = (n: number) => join(base, String(n));
  const faulty = faultySystem(
    arena.system(),
    { kind: 'none' },
    {
      onCall: ({ label, changing }) => void (changing && labels.push(label)),
      onDone: (n, alone) => void (alone && execFileSync('cp', ['-a', arena.folder, placeOf(n)])),
    },
  );
  await scenario.act(arena, faulty.system, () => undefined).catch(() => undefined);
  await faulty.end();
  return {
    before,
    has: (n) => existsSync(placeOf(n)),
    thaw: (n) => {
      rmSync(arena.folder, { recursive: true, force: true, maxRetries: 5 });
      execFileSync('cp', ['-a', placeOf(n), arena.folder]);
      return (labels[n - 1] ?? '').replaceAll(`${arena.folder}/`, '');
    },
  };
}
