import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { figuresOf } from '../fleet/figures.ts';
import { fleet } from '../fleet/fleet.ts';
import { isThere } from '../support/is-there.ts';

const HAS_BWRAP = isThere('bwrap', '--ro-bind', '/', '/', '--unshare-pid', '--unshare-uts', 'true');

/** The short form of `npm run fleet`; its long form, and what it took, are in docs/scale.md. */
test.skipIf(!HAS_BWRAP)(
  'two machines with two workers each, over http: each task lands exactly once, and all is sound',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rota-fleet-'));
    const program = join(folder, 'fleet.mjs');
    await build({
      ...{ absWorkingDir: resolve(import.meta.dirname, '../..'), entryPoints: ['test/fleet/main.ts'] },
      ...{ outfile: program, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' },
      banner: {
        js: "import { createRequire as rotaRequire } from 'node:module'; const require = rotaRequire(import.meta.url);",
      },
    });
    const report = await fleet({
      ...{ clones: 2, workers: 2, tasks: 6, seed: 7, hub: 'http', startWithin: 0, folder, patience: 240 },
      rota: resolve(import.meta.dirname, '../../dist/rota.js'),
      machine: [program, 'machine'],
      say: () => undefined,
    });
    // Kept when something is wrong: the sentences name files there.
    expect(report.violations, `see ${folder}`).toEqual([]);
    expect(report.landed.toSorted()).toEqual(['A1', 'A2', 'A3', 'A4', 'A5', 'A6']);
    // Every machine had its share, as itself.
    const at = (name: string) =>
      report.runs.filter(({ machine, stdout }) => machine === name && /"landed"/.test(stdout));
    expect(at('m1').length * at('m2').length).toBeGreaterThan(0);
    const { claims, claim, trips } = figuresOf(report);
    expect(claims).toBe(6);
    expect(claim.median).toBeGreaterThan(0);
    // Each claim asks the remote, and the figure is read from what the run says.
    expect(trips.median).toBeGreaterThan(0);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  300_000,
);
