import type { KillTally } from './kill-moves.ts';
import type { Tally } from './race.ts';
import { STYLES } from './save-file.ts';

/** Both races side by side, as markdown. */
export function raceTable(rota: Tally, fastForward: Tally, wish: { saves: number; seed: number }): string {
  const rows: [string, (tally: Tally) => string | number][] = [
    ['saves acknowledged', ({ saves }) => saves.length],
    ['**saves lost**', ({ lost }) => `**${lost.length}**`],
    ['in a commit', ({ found }) => found.commit],
    ['in place', ({ found }) => found.place],
    ['held aside and named', ({ found }) => found.aside],
    ['landings made', ({ landings }) => landings],
    ['of them beside a save that they met and named', ({ met }) => met],
    ['landings that waited', ({ waits }) => waits],
    ['main had moved on', ({ stale }) => stale],
    ['torn states', ({ torn }) => torn],
    ['seconds', ({ seconds }) => seconds.toFixed(0)],
  ];
  return [
    `${wish.saves} saves, seed ${wish.seed}:`,
    '',
    '| | rota | `git merge --ff-only` |',
    '| --- | ---: | ---: |',
    ...rows.map(([name, of]) => `| ${name} | ${of(rota)} | ${of(fastForward)} |`),
    '',
    'Saves lost of those made, by how the program saves:',
    '',
    '| | rota | `git merge --ff-only` |',
    '| --- | ---: | ---: |',
    ...STYLES.map((style) => `| ${style} | ${lostOf(rota, style)} | ${lostOf(fastForward, style)} |`),
    '',
  ].join('\n');
}

/** What became of killed moves, as markdown. */
export function killTable(tally: KillTally, wish: { seed: number }): string {
  const rows: [string, string | number][] = [
    ['moves of main, each with a kill', tally.kills],
    ['dead before they could answer', tally.kills - tally.late],
    ['answered: the kill was late, or hit only a git of theirs', tally.late],
    ['main was still at old', tally.atOld],
    ['main was at new', tally.atNew],
    ['files or main torn before healing', tally.torn],
    ['saves by a person meanwhile', tally.saves],
    ['of them held aside and named', tally.aside],
    ['**not healed in two sweeps, or bytes lost**', `**${tally.problems.length}**`],
  ];
  return [
    `${tally.kills} kills, seed ${wish.seed}:`,
    '',
    '| | |',
    '| --- | ---: |',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
  ].join('\n');
}

function lostOf({ saves, lost }: Tally, style: string): string {
  const of = (list: Tally['saves']) => list.filter((save) => save.style === style).length;
  return `${of(lost)} of ${of(saves)}`;
}
