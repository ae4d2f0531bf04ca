import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { torture } from '../torture/torture.ts';

/** The short form of `npm run torture`; its long form is in docs/reliability.md. */
it('workers, sweepers and their gits killed at random, beside people: nothing is lost', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rota-torture-'));
  const rota = resolve(import.meta.dirname, '../../dist/rota.js');
  const report = await torture({
    ...{ kills: 10, seed: 7, folder, rota, workers: 6, rate: 2 },
    say: () => undefined,
  });
  // Kept when something was lost: the sentences name files there.
  expect(report.violations, `see ${folder}`).toEqual([]);
  expect(report.kills.length).toBe(10);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, 300_000);
