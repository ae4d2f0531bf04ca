import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { killMoves, raceSaves, rota } from '../../saves/harness.ts';
import { bundlePrograms } from '../../saves/programs.ts';
import { sandbox } from '../../support/repo.ts';

// The long forms: npm run saves (docs/reliability.md).

test('no acknowledged save is lost beside landings of the very files', { timeout: 300_000 }, async () => {
  const { folder } = sandbox();
  const { person } = await bundlePrograms(folder, ['person']);
  mkdirSync(join(folder, 'race'));
  const race = { folder: join(folder, 'race'), saves: 30, seed: 11, lander: rota, person };
  const { saves, lost, found, problems, torn, landings } = await raceSaves(race);
  expect({ lost, problems, torn }).toEqual({ lost: [], problems: [], torn: 0 });
  expect(saves.map(({ n }) => n)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
  expect(found.commit + found.place + found.aside).toBe(30);
  expect(landings).toBeGreaterThan(0);
});

test('moves killed at random moments heal path by path, beside saves', { timeout: 300_000 }, async () => {
  const { folder } = sandbox();
  const { mover } = await bundlePrograms(folder, ['mover']);
  mkdirSync(join(folder, 'kills'));
  const tally = await killMoves({ folder: join(folder, 'kills'), kills: 6, seed: 12, mover });
  expect(tally.problems).toEqual([]);
  expect(tally.kills).toBe(6);
  expect(tally.late).toBeLessThan(6);
});
