// npm run saves: a person's process saves the very files that landings change in
// their home checkout, beside rota and beside `git merge --ff-only`; then moves of main are killed at random moments while
// files are saved. Exit 1 if rota lost a save or a file ended up as nobody's.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exit, stderr, stdout } from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { numberIn, optionValues } from './option-values.mjs';

const USAGE = 'usage: npm run saves -- [--saves 500] [--seed 1] [--kills 200] [--json]';
const values = optionValues(USAGE, {
  saves: { type: 'string', default: '500' },
  seed: { type: 'string', default: '1' },
  kills: { type: 'string', default: '200' },
  json: { type: 'boolean', default: false },
});
const wish = {
  saves: numberIn(USAGE, values, 'saves'),
  seed: numberIn(USAGE, values, 'seed'),
  kills: numberIn(USAGE, values, 'kills'),
};
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rota-saves-')));
let failed = false;
try {
  const { rota, fastForward, raceSaves, killMoves, raceTable, killTable } = await load();
  const made = {};
  if (wish.saves > 0) {
    made.rota = await race('rota', rota, raceSaves);
    made.fastForward = await race('git merge --ff-only', fastForward, raceSaves);
    stdout.write(`${raceTable(made.rota, made.fastForward, wish)}\n`);
    for (const save of made.rota.lost) say(`lost: ${JSON.stringify(save)}`);
    for (const problem of made.rota.problems) say(`problem: ${problem}`);
    failed ||= made.rota.lost.length + made.rota.problems.length + made.rota.torn > 0;
  }
  if (wish.kills > 0) {
    say(`${wish.kills} moves of main, killed`);
    made.kills = await killMoves({
      folder: makeFolder('kills'),
      ...wish,
      mover: join(folder, 'mover.mjs'),
      each: (number) => number % 50 === 0 && say(`${number} kills`),
    });
    stdout.write(`${killTable(made.kills, wish)}\n`);
    for (const problem of made.kills.problems) say(`problem: ${problem}`);
    failed ||= made.kills.problems.length > 0;
  }
  if (values.json) stdout.write(`${JSON.stringify(made)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
exit(failed ? 1 : 0);

async function race(name, lander, raceSaves) {
  say(`${wish.saves} saves beside ${name}`);
  const { saves, seed } = wish;
  const own = makeFolder(name.replace(/\W+/g, '-'));
  return raceSaves({ folder: own, saves, seed, lander, person: join(folder, 'person.mjs') });
}

function makeFolder(name) {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

/** The harness and its processes, bundled. */
async function load() {
  const from = resolve(import.meta.dirname, '../test/saves');
  await build({
    entryPoints: ['harness', 'person', 'mover'].map((name) => join(from, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as savesRequire } from 'node:module'; const require = savesRequire(import.meta.url);",
    },
  });
  return import(pathToFileURL(join(folder, 'harness.mjs')).href);
}

function say(text) {
  stderr.write(`${text}\n`);
}
