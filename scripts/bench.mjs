// npm run bench: the figures of docs/performance.md, each beside its floor.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { version as nodeVersion, stderr, stdout } from 'node:process';
import { measureClaims, measureCrowd } from './bench/claims.mjs';
import { measureLooks } from './bench/looks.mjs';
import { measureRuns } from './bench/runs.mjs';
import { markdown } from './bench/table.mjs';
import { openWorkplace, ROTA } from './bench/workplace.mjs';
import { build } from './build.mjs';
import { numberIn, optionValues, refuse } from './option-values.mjs';

const USAGE = `usage: npm run bench -- [--runs 15] [--only look|run|claim|crowd] [--files N] [--pause SECONDS] [--smoke]
  --runs N         how often each is measured
  --only PART      looking, whole runs, claims, or whole runs of 16 at once
  --files N        whole runs in a repository of so many files only (default: 100, then 1000)
  --pause SECONDS  before each whole run: a disk may need it (docs/performance.md)
  --smoke          one tiny round: whether the bench works`;
const values = optionValues(USAGE, {
  runs: { type: 'string' },
  only: { type: 'string' },
  files: { type: 'string' },
  pause: { type: 'string', default: '0' },
  smoke: { type: 'boolean', default: false },
});

/** One tiny round of everything: whether the bench works, not how fast anything is. */
const SMOKE = values.smoke;
const SIZE = SMOKE
  ? { runs: 1, tasks: [12], files: [20], processes: 3, claims: 5 }
  : { runs: 15, tasks: [100, 1000, 10_000], files: [100, 1000], processes: 16, claims: 200 };
const RUNS = values.runs === undefined ? SIZE.runs : numberIn(USAGE, values, 'runs', { least: 1 });
const FILES = values.files === undefined ? SIZE.files : [numberIn(USAGE, values, 'files', { least: 1 })];
const PAUSE = numberIn(USAGE, values, 'pause', { parts: true });
const ONLY = values.only ?? null;
if (ONLY !== null && !['look', 'run', 'claim', 'crowd'].includes(ONLY))
  refuse(`There is no part ${ONLY}.`, USAGE);

// Tests have built it already, and others may be running it.
if (!SMOKE || !existsSync(ROTA)) await build();
const workplace = openWorkplace();
try {
  const load = loadavg()[0].toFixed(1);
  const began = performance.now();
  const rows = [];
  for (const [part, name, measure] of parts()) {
    if (ONLY !== null && ONLY !== part) continue;
    stderr.write(`${name}\n`);
    rows.push(...(await measure()));
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const git = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
  stdout.write(
    `Node ${nodeVersion}, ${git}, ${cpus().length} cores, load average ${load} at the start; ${RUNS} runs; ${seconds} s in all.\n\n`,
  );
  stdout.write(`${markdown(['figure', 'measured', 'min to max', 'of its floor', 'target', 'met'], rows)}\n`);
} finally {
  workplace.close();
}

function parts() {
  const some = SMOKE ? 1 : Math.max(5, Math.ceil(RUNS / 2));
  return [
    ['look', 'looking', () => measureLooks(workplace, { runs: RUNS, tasks: SIZE.tasks })],
    ...FILES.map((files) => [
      'run',
      `runs in a repository of ${files} files`,
      () => measureRuns(workplace, { runs: some, files, pause: PAUSE }),
    ]),
    ['claim', `${SIZE.processes} processes that claim`, () => measureClaims(workplace, SIZE)],
    ['crowd', `${SIZE.processes} processes with whole runs`, () => measureCrowd(workplace, SIZE)],
  ];
}
