import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberIn, optionValues } from '../../scripts/option-values.mjs';
import { printReport } from './print-report.ts';
import { torture } from './torture.ts';

/** `node scripts/torture.mjs`: the command line of the torture. Bundled and started by that script; ROTA_BUILT is the command. */
const USAGE =
  'usage: npm run torture -- [--kills N] [--seed S] [--workers W] [--rate KILLS_A_SECOND] [--keep]';
const values = optionValues(USAGE, {
  kills: { type: 'string', default: '100' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  workers: { type: 'string', default: '8' },
  rate: { type: 'string', default: '1.5' },
  keep: { type: 'boolean', default: false },
});
const number = (name: string) => numberIn(USAGE, values, name);
const [kills, seed, workers] = [number('kills'), number('seed'), number('workers')];
const rate = numberIn(USAGE, values, 'rate', { parts: true });
const folder = mkdtempSync(join(tmpdir(), 'rota-torture-'));
console.log(`npm run torture -- --kills ${kills} --seed ${seed} --workers ${workers} --rate ${rate}`);
const report = await torture({
  ...{ kills, seed, workers, rate, folder, rota: process.env['ROTA_BUILT']! },
  say: (line) => console.error(line),
});
console.log(printReport(report).join('\n'));
if (report.violations.length > 0)
  console.log(`\nEverything is kept in ${folder} (what rota said: desk/said).`);
else if (!values.keep) rmSync(folder, { recursive: true, force: true });
process.exit(report.violations.length > 0 ? 1 : 0);
