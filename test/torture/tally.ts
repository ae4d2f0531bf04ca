import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWrites } from './judge.ts';
import type { Arena } from './make-arena.ts';
import type { PersonDesk } from './person-desk.ts';
import type { RotaProcesses } from './rota-processes.ts';

/** What sweeps say of what they put right. */
const HEALED = {
  'moves of main finished': /A half-done move of main to \w+ was finished/g,
  'moves of main undone': /A move of main to \w+ had been prepared only; it was undone/g,
  'dead locks freed by sweeps': /^\d\d:.* freed its worker/gm,
  'work of the dead committed': /^\d\d:.*what it left was committed on its branch/gm,
  'removals taken back': /^\d\d:.*had died half-way/gm,
  'saves met by a move': /^\d\d:.*while main moved/gm,
} as const;

/** How processes ended, what people did, what was put right -> how often. */
export function tally(
  arena: Arena,
  processes: RotaProcesses,
  desks: readonly PersonDesk[],
): Map<string, number> {
  const counts = new Map(processes.counts);
  const add = (what: string, often: number) => counts.set(what, (counts.get(what) ?? 0) + often);
  for (const { counts: acts, saves } of desks) {
    for (const [act, often] of acts) add(`person: ${act}`, often);
    add('saves of people', saves.length);
  }
  const said = readFileSync(join(arena.desk, 'said'), 'utf8');
  for (const [what, words] of Object.entries(HEALED)) add(`healed: ${what}`, said.match(words)?.length ?? 0);
  add('writes of agents', readWrites(arena).filter(({ blob }) => blob !== null).length);
  return counts;
}
