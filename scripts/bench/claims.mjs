import { resolve } from 'node:path';
import { build } from 'esbuild';
import { median, met, ms, range } from './table.mjs';
import { ROTA } from './workplace.mjs';

const root = resolve(import.meta.dirname, '../..');
const MOST = 2_000;

/** Processes that claim, and only claim, until nothing is left: how long each waited for each claim. */
export async function measureClaims(workplace, { processes, claims: tasks }) {
  const { folder, makeRepo, run } = workplace;
  const racer = resolve(folder, 'claim-racer.mjs');
  await build({
    entryPoints: [resolve(root, 'test/support/claim-racer.ts')],
    outfile: racer,
    bundle: true,
    platform: 'node',
    format: 'esm',
    loader: { '.md': 'text' },
    banner: {
      js: "import { createRequire as rotaRequire } from 'node:module'; const require = rotaRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const repo = makeRepo('claims', { tasks, files: 20, ready: true, workers: 64 });
  const ends = await Promise.all(Array.from({ length: processes }, () => run(repo, [racer, repo])));
  const failed = ends.find(({ code }) => code !== 0);
  if (failed !== undefined) throw new Error(failed.stderr);
  const claims = ends
    .flatMap(({ stdout }) => stdout.trim().split('\n'))
    .map((line) => JSON.parse(line))
    .filter(({ task }) => task !== null);
  const many = `${processes} processes that only claim, ${tasks} tasks`;
  const ids = claims.map(({ task }) => task);
  return [
    eachOnce(`${many}: claimed`, ids, tasks, 'claims'),
    waits(
      `${many}: a claim`,
      claims.map((claim) => claim.ms),
    ),
  ];
}

/** Whole runs of many processes at once on one backlog: each task is claimed and landed by exactly one. */
export async function measureCrowd({ git, makeRepo, run }, { processes, claims: tasks }) {
  const repo = makeRepo('crowd', { tasks, files: 20, ready: true, workers: processes });
  const claimed = [];
  const times = [];
  const from = performance.now();
  await Promise.all(
    Array.from({ length: processes }, async () => {
      for (;;) {
        const ran = await run(repo, [ROTA, 'run', 'developer', '--json']);
        const result = JSON.parse(ran.stdout);
        if (result.task === null) return;
        claimed.push(result.task);
        times.push(result.seconds.claim * 1000);
      }
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  const trailers = git(repo, ['log', '--first-parent', '--format=%(trailers:key=Task,valueonly)', 'main']);
  const landed = trailers.split('\n').filter((line) => line !== '');
  const many = `${processes} processes, ${tasks} whole runs`;
  return [
    eachOnce(`${many}: claimed`, claimed, tasks, 'claims'),
    eachOnce(`${many}: landed`, landed, tasks, 'landings'),
    waits(`${many}: a claim`, times),
    [`${many}: everything, landings included`, `${seconds.toFixed(0)} s`, '', '', '', ''],
  ];
}

function eachOnce(name, ids, tasks, what) {
  const different = new Set(ids).size;
  const once = different === tasks && ids.length === tasks;
  return [`${name}, each once`, `${different}, ${ids.length} ${what}`, '', '', 'all', met(once)];
}

function waits(name, times) {
  const most = Math.max(...times) <= MOST;
  return [name, ms(median(times)), range(times), '', `${MOST.toLocaleString('en')} ms at most`, met(most)];
}
