// npm run bench:sweep: one `rota sweep` of a repository in which every worker
// died. Prints time, memory and git processes, then checks that everything was freed, rescued or removed, and nothing lost.
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exit, stderr, stdout, version } from 'node:process';
import { pathToFileURL } from 'node:url';
import { build as bundle } from 'esbuild';
import { build } from './build.mjs';
import { numberIn, optionValues } from './option-values.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const LIMIT = { seconds: 60, mebibytes: 200 };
/** Inside the measured process: counts the programs that it starts, and notes its peak of resident memory at its end. */
const HOOK = `
const child = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const programs = {};
const spawn = child.spawn;
child.spawn = (file, args, ...rest) => {
  const words = (args ?? []).filter((arg, at) => !arg.startsWith('-') && args[at - 1] !== '-c');
  const verb = file === 'git' ? words[0] : file;
  programs[verb] = (programs[verb] ?? 0) + 1;
  return spawn(file, args, ...rest);
};
require('node:module').syncBuiltinESMExports();
process.on('exit', () => {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map((ticks) => Number(ticks) / 100);
  const cpu = { own: user + system, children: childUser + childSystem };
  writeFileSync(process.env.SWEEP_FACTS, JSON.stringify({ peak: process.resourceUsage().maxRSS, cpu, programs }));
});
`;
const USAGE = 'usage: npm run bench:sweep -- [--locks 1000] [--worktrees 200] [--remote] [--keep]';
const values = optionValues(USAGE, {
  locks: { type: 'string', default: '1000' },
  worktrees: { type: 'string', default: '200' },
  remote: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
});
const size = {
  locks: numberIn(USAGE, values, 'locks'),
  worktrees: numberIn(USAGE, values, 'worktrees'),
  remote: values.remote,
};

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rota-sweep-bench-')));
try {
  const makeDeadScene = await loadScene();
  await build(join(folder, 'dist'));
  say(`making ${size.locks} dead locks and ${size.worktrees} dead worktrees in ${folder}`);
  const scene = await makeDeadScene(folder, size);
  say('sweeping');
  const load = loadavg()[0].toFixed(1);
  const ran = await sweep(scene);
  if (ran.code !== 0) throw new Error(`rota sweep ended with exit ${ran.code}: ${ran.stderr}${ran.stdout}`);
  const report = JSON.parse(ran.stdout);
  const problems = scene.problemsAfter(report);
  const again = await sweep(scene);
  const second = JSON.parse(again.stdout);
  const redone = second.freed.length + second.landed.length + second.removed.length + second.rescued.length;
  if (redone > 0) problems.push(`a second sweep found ${redone} more things to do`);
  print(ran, again, report, load);
  for (const problem of problems.slice(0, 20)) stdout.write(`PROBLEM ${problem}\n`);
  const { seconds, mebibytes } = LIMIT;
  const fast = ran.seconds < seconds && ran.peak < mebibytes;
  stdout.write(`${problems.length === 0 ? 'all as it has to be' : `${problems.length} problems`}; `);
  stdout.write(`${fast ? 'within' : 'NOT WITHIN'} ${seconds} s and ${mebibytes} MiB\n`);
  if (problems.length > 0 || !fast) exit(1);
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function loadScene() {
  const outfile = join(folder, 'dead-scene.mjs');
  await bundle({
    entryPoints: [join(ROOT, 'test/git/sweep/dead-scene.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    loader: { '.md': 'text' },
    banner: {
      js: "import { createRequire as rotaRequire } from 'node:module'; const require = rotaRequire(import.meta.url);",
    },
  });
  return (await import(pathToFileURL(outfile).href)).makeDeadScene;
}

/** Runs the built command in a process of its own and watches it: what it used itself, and it with its children. */
async function sweep({ root, env }) {
  const facts = join(folder, 'facts');
  mkdirSync(facts, { recursive: true });
  const hook = join(facts, 'hook.cjs');
  writeFileSync(hook, HOOK);
  const began = performance.now();
  const child = spawn(
    process.execPath,
    ['--require', hook, join(folder, 'dist/rota.js'), 'sweep', '--json'],
    { cwd: root, env: { ...env, SWEEP_FACTS: join(facts, 'facts.json') }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => (out.stdout += piece));
  child.stderr.on('data', (piece) => (out.stderr += piece));
  let together = 0;
  const watch = setInterval(() => (together = Math.max(together, memoryBelow(child.pid))), 100);
  const code = await new Promise((done) => child.on('close', done));
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  const { peak, cpu, programs } = JSON.parse(readFileSync(join(facts, 'facts.json'), 'utf8'));
  return {
    ...out,
    code,
    seconds,
    peak: peak / 1024,
    together: together / 1024,
    cpu,
    programs,
    loadAfter: loadavg()[0],
  };
}

/** Resident KiB of a process and everything that it started; shared pages count for each. */
function memoryBelow(pid) {
  const children = new Map();
  const sizes = new Map();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    let status;
    try {
      status = readFileSync(`/proc/${name}/status`, 'latin1');
    } catch {
      continue;
    }
    const parent = Number(/^PPid:\t(\d+)/m.exec(status)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    sizes.set(Number(name), Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }
  const sum = (one) =>
    (sizes.get(one) ?? 0) + (children.get(one) ?? []).reduce((all, next) => all + sum(next), 0);
  return sum(pid);
}

function print(ran, again, report, load) {
  const lists = Object.entries(report)
    .map(([list, entries]) => `${entries.length} ${list}`)
    .join(', ');
  const gits = (programs) => Object.values(programs).reduce((sum, count) => sum + count, 0);
  const verbs = Object.entries(ran.programs)
    .toSorted((a, b) => b[1] - a[1])
    .map(([verb, count]) => `${verb} ${count}`)
    .join(', ');
  const where = size.remote ? 'a file:// remote' : 'no remote';
  stdout.write(`${size.locks} dead locks, ${size.worktrees} dead worktrees, ${where}; `);
  stdout.write(`Node ${version}, ${availableParallelism()} cores, load ${load}\n`);
  stdout.write(
    `sweep: ${ran.seconds.toFixed(1)} s, peak ${ran.peak.toFixed(0)} MiB (with its children ${ran.together.toFixed(0)} MiB), ${gits(ran.programs)} git processes\n`,
  );
  const { own, children } = ran.cpu;
  stdout.write(
    `  processor time: ${own.toFixed(1)} s of its own, ${children.toFixed(1)} s of its git processes; `,
  );
  stdout.write(`load at its end ${ran.loadAfter.toFixed(1)}\n  ${verbs}\n  ${lists}\n`);
  stdout.write(`second sweep: ${again.seconds.toFixed(1)} s, ${gits(again.programs)} git processes\n`);
}

function say(text) {
  stderr.write(`${text}\n`);
}
