import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberIn, optionValues, refuse } from '../../scripts/option-values.mjs';
import { isThere } from '../support/is-there.ts';
import { fleet } from './fleet.ts';
import { workAsMachine } from './machine.ts';
import { printReport } from './print-report.ts';
import { HUBS } from './serve-hub.ts';

/** `node scripts/fleet.mjs`: the command line of the fleet. ROTA_BUILT is the command. Each machine is this program, too. */
const USAGE = `usage: npm run fleet -- [--clones N] [--workers N] [--tasks N] [--seed S] [--hub ${HUBS.join('|')}] [--start-within SECONDS] [--patience SECONDS] [--keep]`;
if (process.argv[2] === 'machine') {
  await workAsMachine(JSON.parse(process.argv[3]!));
  process.exit(0);
}
const values = optionValues(USAGE, {
  clones: { type: 'string', default: '8' },
  workers: { type: 'string', default: '4' },
  tasks: { type: 'string', default: '200' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  hub: { type: 'string', default: 'http' },
  'start-within': { type: 'string', default: '0' },
  patience: { type: 'string', default: '3600' },
  keep: { type: 'boolean', default: false },
});
const number = (name: string) => numberIn(USAGE, values, name, { least: 1 });
const [clones, workers, tasks] = [number('clones'), number('workers'), number('tasks')];
const [seed, patience] = [number('seed'), number('patience')];
const startWithin = numberIn(USAGE, values, 'start-within', { parts: true });
const hub = HUBS.find((kind) => kind === values.hub) ?? refuse(`There is no hub ${values.hub}.`, USAGE);
if (!isThere('bwrap', '--ro-bind', '/', '/', '--unshare-pid', '--unshare-uts', 'true')) {
  console.error('bubblewrap is needed: it gives each clone a machine of its own.');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'rota-fleet-'));
console.log(
  `npm run fleet -- --clones ${clones} --workers ${workers} --tasks ${tasks} --seed ${seed} --hub ${hub} --start-within ${startWithin}`,
);
const report = await fleet({
  ...{ clones, workers, tasks, seed, patience },
  ...{ hub, startWithin, folder, rota: process.env['ROTA_BUILT']!, machine: [process.argv[1]!, 'machine'] },
  say: (line) => console.error(line),
});
const { lines, met } = printReport(report);
console.log(lines.join('\n'));
if (!met || values.keep) {
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
  console.log(`\nEverything is kept in ${folder} (report.json, and what rota said: desk/*.runs).`);
} else rmSync(folder, { recursive: true, force: true });
process.exit(met ? 0 : 1);
